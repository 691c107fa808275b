//! Text as it is stored: LZ4, behind its length.
//!
//! Ten lenders' answers say nearly the same thing ten times. Packed they are a fifth of their size, which saves Postgres
//! more of its time (in its log, its pages and its disk) than the packing costs here.

/// The bytes are not a text that was packed here.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("not LZ4: {0}")]
    Lz4(#[from] lz4_flex::block::DecompressError),
    #[error("not text: {0}")]
    Text(#[from] std::string::FromUtf8Error),
}

#[must_use]
pub fn pack(text: &str) -> Vec<u8> {
    lz4_flex::block::compress_prepend_size(text.as_bytes())
}

/// # Errors
/// When the bytes are not what [`pack`] makes.
pub fn unpack(packed: &[u8]) -> Result<String, UnpackError> {
    Ok(String::from_utf8(lz4_flex::block::decompress_size_prepended(packed)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_and_nothing_else() {
        let text = r#"{"amount":"10000.00","asset":"USD"}"#.repeat(50);
        let packed = pack(&text);
        assert!(packed.len() * 5 < text.len(), "{} of {}", packed.len(), text.len());
        assert_eq!(unpack(&packed).unwrap(), text);
        assert_eq!(unpack(&pack("")).unwrap(), "");
        for broken in [&[][..], &[1], &packed[..packed.len() - 1]] {
            assert!(unpack(broken).is_err(), "{broken:?}");
        }
    }
}
