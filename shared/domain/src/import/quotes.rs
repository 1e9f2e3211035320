//! Quotes that are never closed.

/// Returns the line of a quote that opens at the start of a cell and is never closed (RFC 4180).
pub(super) fn unclosed_quote(file: &[u8], separator: u8) -> Option<u64> {
    let (mut line, mut opened_in_line, mut is_cell_start) = (1, None, true);
    for byte in file {
        match (byte, opened_in_line) {
            (b'"', None) if is_cell_start => opened_in_line = Some(line),
            // The second of two quotes within a cell opens it again.
            (b'"', Some(_)) => opened_in_line = None,
            _ => {}
        }

        line += u64::from(*byte == b'\n');
        is_cell_start = opened_in_line.is_none()
            && (*byte == separator || matches!(byte, b'\n' | b'\r' | b'"'));
    }
    opened_in_line
}
