use std::ops::Range;

use super::unclosed_tag::UnclosedTag;
use super::well_formed::{is_block_set, keyword};

/// The statements that open a block, but for `set`, which may.
const BLOCKS: [&str; 5] = ["if", "for", "with", "autoescape", "filter"];

/// A statement of a source.
pub(crate) struct Statement<'s> {
    /// The byte range with its delimiters.
    pub range: Range<usize>,
    /// The text between them.
    pub inner: &'s str,
}

/// Finds the blocks that do not end, in order. A tag that ends a block ends those in it too, which so
/// have no end of their own.
///
/// It stops at a tag that ends no block: which block it was meant for is not known.
pub(crate) fn find_unclosed_blocks(statements: &[Statement<'_>]) -> Vec<UnclosedTag> {
    let mut open: Vec<(&str, Range<usize>)> = Vec::new();
    let mut unclosed = Vec::new();
    let mut is_stray = false;

    for statement in statements {
        let keyword = keyword(statement.inner);
        if is_block(keyword, statement.inner) {
            open.push((keyword, statement.range.clone()));
        } else if let Some(ended) = keyword.strip_prefix("end").filter(|name| is_known(name)) {
            let Some(at) = open.iter().rposition(|(name, _)| *name == ended) else {
                is_stray = true;
                break;
            };
            unclosed.extend(open.drain(at..).skip(1));
        }
    }

    if !is_stray {
        unclosed.append(&mut open);
    }
    unclosed.sort_by_key(|(_, range)| range.start);
    unclosed
        .into_iter()
        .map(|(keyword, range)| UnclosedTag {
            range,
            missing: format!("{{% end{keyword} %}}").into(),
        })
        .collect()
}

fn is_block(keyword: &str, inner: &str) -> bool {
    BLOCKS.contains(&keyword) || keyword == "set" && is_block_set(inner)
}

fn is_known(keyword: &str) -> bool {
    BLOCKS.contains(&keyword) || keyword == "set"
}
