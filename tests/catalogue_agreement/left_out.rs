//! What the catalogue leaves out or holds back, each with its reason, so that nothing is forgotten silently.

/// Rows of the facts that have no entry, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("identities[].signInType", IDENTITY_PART),
    ("identities[].issuer", IDENTITY_PART),
    ("identities[].issuerAssignedId", IDENTITY_PART),
    (
        "deletedDateTime",
        "only deleted accounts have it, and they stand in a list of their own",
    ),
    ("isResourceAccount", "reserved by Microsoft"),
    (
        "identityParentId",
        "belongs to agent accounts, which are not edited here",
    ),
    (
        "showInAddressList",
        "Microsoft advises against it: v1.0 does not return the stored value",
    ),
    ("deviceEnrollmentLimit", "kept by Intune, outside the directory"),
    ("print", "Universal Print, not a fact about a person"),
    (
        "onPremisesSyncBehavior.isCloudManaged",
        "a switch with its own endpoint, read one user at a time",
    ),
    (
        "extension_{appIdNoDashes}_{name}",
        "named by each tenant, so no fixed entry can describe it",
    ),
    (
        "{schemaExtensionId}.{property}",
        "named by each tenant, so no fixed entry can describe it",
    ),
    (
        "extensions (open extensions)",
        "free-form, with endpoints of their own",
    ),
    (
        "photo.id/width/height/@odata.mediaEtag",
        "facts about the picture, read one user at a time",
    ),
];
const IDENTITY_PART: &str = "part of a list that is shown as a whole";

/// Entries that the service would let us write and that are read-only here all the same.
pub const NOT_WRITTEN: &[(&str, &str)] = &[
    (
        "customSecurityAttributes",
        "each tenant defines its own, with types that a fixed entry does not know",
    ),
    ("passwordProfile.password", "a secret"),
    (
        "passwordProfile.forceChangePasswordNextSignIn",
        "goes together with the secret",
    ),
    (
        "passwordProfile.forceChangePasswordNextSignInWithMfa",
        "goes together with the secret",
    ),
];
