//! Why a file is no certificate to sign in with, and what to do about it.

use thiserror::Error;

/// Why a file is no certificate to sign in with. Nothing of what stands in it is told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    #[error("it is neither PEM text nor a PFX (PKCS #12) file")]
    NeitherForm,
    #[error("it is a PFX (PKCS #12) file, and damaged, or written otherwise than in DER")]
    PfxForm,
    #[error("it is locked in a way that is not known here ({0})")]
    Cipher(String),
    #[error("it is locked with a password, and none is given")]
    NoPassword,
    #[error("it is locked with another password than the one that is given, or damaged")]
    WrongPassword,
    #[error("it is a PFX (PKCS #12) file without a private key")]
    PfxNoKey,
    #[error("it is a PFX (PKCS #12) file without a certificate")]
    PfxNoCertificate,
    #[error("it holds {0} private keys, and which one is meant is not told")]
    SeveralKeys(usize),
    #[error("it is UTF-16 text, as Windows PowerShell writes it")]
    Utf16,
    #[error("its private key is encrypted in the old way of OpenSSL, which is not read here")]
    Encrypted,
    #[error("it holds no private key")]
    NoKey,
    #[error("it holds no certificate")]
    NoCertificate,
    #[error("its private key is no RSA key of 2048 to 4096 bits")]
    KeyKind,
    #[error("none of its certificates belongs to its private key")]
    NotAPair,
    #[error("its PEM is damaged")]
    Damaged,
}

impl CertificateError {
    /// What to do about it. `path`: of the file, as a shell takes it. No line writes to that file, or leaves a key for others to read.
    pub fn help(&self, path: &str) -> String {
        match self {
            CertificateError::PfxForm | CertificateError::Cipher(_) | CertificateError::SeveralKeys(_) => format!(
                "convert it: `(umask 077; openssl pkcs12 -in {path} -nodes -out {path}.pem)`, with `-legacy` behind it where openssl does not know the old cipher, leave one key with its certificate in the new file, and name that"
            ),
            CertificateError::NoPassword | CertificateError::WrongPassword => {
                "its password stands in AZURE_CLIENT_CERTIFICATE_PASSWORD where AZURE_CLIENT_CERTIFICATE_PATH names the file, and where a profile does, in a file that `client_certificate_password_file` names, or it is printed by `client_certificate_password_command`"
                    .to_owned()
            }
            CertificateError::PfxNoKey => {
                "export it again with its private key: on Windows `Export-PfxCertificate`, which needs a key that may be exported; from Azure Key Vault its secret, because what it calls the certificate has no key"
                    .to_owned()
            }
            CertificateError::PfxNoCertificate => {
                "export it again with the certificate that belongs to its private key".to_owned()
            }
            CertificateError::Encrypted => format!(
                "take the password off: `(umask 077; openssl pkey -in {path} -out {path}.key)`, put both into a new file: `(umask 077; cat {path}.key cert.pem > {path}.new)`, where `cert.pem` is the certificate, and name that"
            ),
            CertificateError::NoKey => format!(
                "put the private key beside it: `(umask 077; cat key.pem {path} > {path}.new)`, where `key.pem` is the key, and name the new file"
            ),
            CertificateError::NoCertificate => format!(
                "put its certificate beside it: `(umask 077; cat {path} cert.pem > {path}.new)`, where `cert.pem` is the certificate, and name the new file"
            ),
            CertificateError::NotAPair => {
                "put the private key and the certificate that was made with it into one file".to_owned()
            }
            CertificateError::KeyKind => {
                "make another one: `(umask 077; openssl req -x509 -newkey rsa:2048 -nodes -keyout new-key.pem -out new-cert.pem -days 365)`, and upload `new-cert.pem` to the app registration"
                    .to_owned()
            }
            CertificateError::Utf16 => format!(
                "write it as UTF-8: `(umask 077; iconv -f UTF-16 -t UTF-8 {path} > {path}.pem)`, and name the new file"
            ),
            CertificateError::NeitherForm | CertificateError::Damaged => {
                "name a file that contains `-----BEGIN`, with the private key and the certificate as text, or a PFX file, as it is or as Base64"
                    .to_owned()
            }
        }
    }
}
