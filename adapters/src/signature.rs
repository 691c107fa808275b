//! Signed messages both ways, as Standard Webhooks lays down (<https://www.standardwebhooks.com>): HMAC-SHA256 over
//! `id.timestamp.body`, under a secret written `whsec_` and base64.
//!
//! An answer carries the id of the message that it answers, so an answer to another question does not verify.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

pub const ID: HeaderName = HeaderName::from_static("webhook-id");
pub const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
pub const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// How far the signer's clock may be from ours.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Fewest and most bytes of a secret, by the standard.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Most signatures looked at: enough to rotate secrets, too few to burn time on.
const MAX_SIGNATURES: usize = 5;

/// Why a message is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("a secret is `whsec_` and the base64 of 24 to 64 bytes")]
    Secret,
    #[error("the header {0} is missing or not text")]
    Header(HeaderName),
    #[error("the message id is not the one expected")]
    Id,
    #[error("the timestamp is not within {TOLERANCE_SECONDS} s of now")]
    Timestamp,
    #[error("no signature of version v1 matches")]
    Mismatch,
}

/// A shared secret and what is done with it.
#[derive(Debug)]
pub struct Signer {
    /// Keyed once: what is signed goes through a copy of it. It shows nothing of the key and is wiped when dropped.
    keyed: Hmac<Sha256>,
}

impl Signer {
    /// # Errors
    /// When the secret has not the standard's form.
    pub fn try_new(secret: &SecretString) -> Result<Self, SignatureError> {
        let encoded = secret.expose_secret().strip_prefix("whsec_").ok_or(SignatureError::Secret)?;
        let mut key = STANDARD.decode(encoded).map_err(|_| SignatureError::Secret)?;
        if !SECRET_BYTES.contains(&key.len()) {
            return Err(SignatureError::Secret);
        }
        let keyed = Hmac::new_from_slice(&key).map_err(|_| SignatureError::Secret)?;
        key.zeroize();
        Ok(Self { keyed })
    }

    fn mac(&self, id: &str, seconds: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    /// The three headers of a signed message.
    ///
    /// # Errors
    /// When `id` cannot stand in a header.
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> Result<HeaderMap, SignatureError> {
        let seconds = at.as_second().to_string();
        let code = STANDARD.encode(self.mac(id, &seconds, body).finalize().into_bytes());
        let value = |text: &str, name| HeaderValue::from_str(text).map_err(|_| SignatureError::Header(name));
        let mut headers = HeaderMap::with_capacity(16);
        headers.insert(ID, value(id, ID)?);
        headers.insert(TIMESTAMP, value(&seconds, TIMESTAMP)?);
        headers.insert(SIGNATURE, value(&format!("v1,{code}"), SIGNATURE)?);
        Ok(headers)
    }

    /// Believes a message, or says why not. With `expected_id`, only an answer to that message.
    ///
    /// # Errors
    /// When a header is missing, the id is another, the time is off, or no signature matches.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
        expected_id: Option<&str>,
    ) -> Result<(), SignatureError> {
        let text = |name| headers.get(&name).and_then(|v| v.to_str().ok()).ok_or(SignatureError::Header(name));
        let (id, seconds, signatures) = (text(ID)?, text(TIMESTAMP)?, text(SIGNATURE)?);
        if expected_id.is_some_and(|expected| expected != id) {
            return Err(SignatureError::Id);
        }
        let sent: i64 = seconds.parse().map_err(|_| SignatureError::Timestamp)?;
        if now.as_second().saturating_sub(sent).saturating_abs() > TOLERANCE_SECONDS {
            return Err(SignatureError::Timestamp);
        }
        let given = signatures.split(' ').take(MAX_SIGNATURES).filter_map(|part| part.strip_prefix("v1,"));
        for code in given.filter_map(|encoded| STANDARD.decode(encoded).ok()) {
            if self.mac(id, seconds, body).verify_slice(&code).is_ok() {
                return Ok(());
            }
        }
        Err(SignatureError::Mismatch)
    }

    /// A name for a borrower that only this provider sees and that cannot be turned back: the first 128 bits of an
    /// HMAC under the shared secret.
    #[must_use]
    pub fn pseudonym(&self, parts: &[&str]) -> String {
        let mut mac = self.keyed.clone();
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        const_hex::encode(mac.finalize().into_bytes().get(..16).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secret: &str) -> Result<Signer, SignatureError> {
        Signer::try_new(&SecretString::from(secret))
    }

    /// The example of the Standard Webhooks specification's reference libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID_TEXT: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_signature_of_the_reference_libraries_is_made_and_believed() {
        let signer = signer(SECRET).unwrap();
        let headers = signer.sign(ID_TEXT, at(1_614_265_330), BODY).unwrap();
        assert_eq!(headers[SIGNATURE], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(signer.verify(&headers, BODY, at(1_614_265_331), Some(ID_TEXT)), Ok(()));
    }

    #[test]
    fn anything_changed_is_not_believed() {
        let signer = signer(SECRET).unwrap();
        let now = at(1_614_265_330);
        let headers = signer.sign(ID_TEXT, now, BODY).unwrap();
        assert_eq!(signer.verify(&headers, b"{}", now, None), Err(SignatureError::Mismatch));
        assert_eq!(signer.verify(&headers, BODY, now, Some("msg_other")), Err(SignatureError::Id));
        for late in [301, -301] {
            let then = at(1_614_265_330 + late);
            assert_eq!(signer.verify(&headers, BODY, then, None), Err(SignatureError::Timestamp));
        }
        for name in [ID, TIMESTAMP, SIGNATURE] {
            let mut fewer = headers.clone();
            fewer.remove(&name);
            assert_eq!(signer.verify(&fewer, BODY, now, None), Err(SignatureError::Header(name)));
        }
    }

    #[test]
    fn a_secret_of_another_form_is_refused() {
        for secret in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            assert_eq!(signer(secret).map(|_| ()), Err(SignatureError::Secret), "{secret:?}");
        }
    }

    #[test]
    fn a_pseudonym_cannot_be_moved_between_its_parts() {
        let signer = signer(SECRET).unwrap();
        assert_ne!(signer.pseudonym(&["ab", "c"]), signer.pseudonym(&["a", "bc"]));
        assert_eq!(signer.pseudonym(&["a", "b"]), signer.pseudonym(&["a", "b"]));
    }
}
