//! The issuer's signing key.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use jsonwebtoken::{
    Algorithm, EncodingKey,
    jwk::{Jwk, JwkSet, ThumbprintHash},
};
use reinvite_emulators::private_file;
use reinvite_web::InvalidKeys;
use thiserror::Error;

/// The algorithm of signatures: Ed25519, whose private key is any 32 bytes.
pub const ALGORITHM: Algorithm = Algorithm::EdDSA;

/// The file's name in the data folder.
const FILE: &str = "issuer.key";

/// The bytes before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The key cannot be opened.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the issuer's key file cannot be read or written")]
    File(#[from] io::Error),
    /// The operating system gives no random bytes.
    #[error("there is no randomness for the issuer's key")]
    Randomness(#[from] reinvite_aws::Error),
    /// The file holds something else.
    #[error("the issuer's key file holds no key")]
    Key(#[from] jsonwebtoken::errors::Error),
    /// The public half verifies no token.
    #[error("the issuer's key {0}")]
    Public(#[from] InvalidKeys),
}

/// A key pair.
pub struct Key {
    /// The private half.
    pub encoding: EncodingKey,
    /// The public half.
    pub public: JwkSet,
    /// The `kid` by which tokens name the public half: its thumbprint (RFC 7638).
    pub id: String,
}

impl Key {
    /// Reads the key in `folder`, or makes it.
    pub fn open(folder: Option<&Path>) -> Result<Self, KeyError> {
        let Some(folder) = folder else {
            return Self::read(&reinvite_aws::random::<32>()?);
        };
        fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        match fs::read(&path) {
            Ok(private) => Self::read(&private),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let private = reinvite_aws::random::<32>()?;
                private_file::create(&path, &private)?;
                Self::read(&private)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn read(private: &[u8]) -> Result<Self, KeyError> {
        let encoding = EncodingKey::from_ed_der(&[PKCS8.as_slice(), private].concat());
        let mut public = Jwk::from_encoding_key(&encoding, ALGORITHM)?;
        let id = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(id.clone());

        let public = JwkSet { keys: vec![public] };
        Ok(Self {
            encoding,
            public,
            id,
        })
    }
}
