//! The few questions that are asked of DER here. What is not DER (an indefinite length of BER) is damaged for it.

use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

/// It is not what should stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

/// One value, and nothing behind it.
pub(super) fn one(bytes: &[u8]) -> Result<AnyRef<'_>, Damaged> {
    AnyRef::from_der(bytes).map_err(|_| Damaged)
}

/// The values that stand one behind the other in another one.
fn within(part: AnyRef<'_>) -> Result<Vec<AnyRef<'_>>, Damaged> {
    let mut reader = SliceReader::new(part.value()).map_err(|_| Damaged)?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(reader.decode().map_err(|_| Damaged)?);
    }
    Ok(parts)
}

pub(super) fn sequence(part: AnyRef<'_>) -> Result<Vec<AnyRef<'_>>, Damaged> {
    match part.tag() {
        Tag::Sequence => within(part),
        _ => Err(Damaged),
    }
}

/// What stands in `[0] EXPLICIT`.
pub(super) fn explicit(part: AnyRef<'_>) -> Result<AnyRef<'_>, Damaged> {
    match (is_zero(part), &within(part)?[..]) {
        (true, [inner]) => Ok(*inner),
        _ => Err(Damaged),
    }
}

/// The bytes of `[0] IMPLICIT OCTET STRING`.
pub(super) fn implicit(part: AnyRef<'_>) -> Result<&[u8], Damaged> {
    match is_zero(part) && !part.tag().is_constructed() {
        true => Ok(part.value()),
        false => Err(Damaged),
    }
}

fn is_zero(part: AnyRef<'_>) -> bool {
    let tag = part.tag();
    tag.is_context_specific() && tag.number() == TagNumber(0)
}

pub(super) fn octets(part: AnyRef<'_>) -> Result<&[u8], Damaged> {
    match part.tag() {
        Tag::OctetString => Ok(part.value()),
        _ => Err(Damaged),
    }
}

pub(super) fn oid(part: AnyRef<'_>) -> Result<String, Damaged> {
    let oid: ObjectIdentifier = part.decode_as().map_err(|_| Damaged)?;
    Ok(oid.to_string())
}

pub(super) fn number(part: AnyRef<'_>) -> Result<u32, Damaged> {
    part.decode_as().map_err(|_| Damaged)
}
