use super::elements::{ended_by, is_scope};

/// The most open elements that an end tag is compared with. Mails nest some tens of tables.
const MAX_COMPARED: usize = 256;

/// The elements that are open where a text is read.
#[derive(Default)]
pub(crate) struct OpenElements(Vec<OpenElement>);

struct OpenElement {
    name: String,
    is_hidden: bool,
}

impl OpenElements {
    /// Opens an element, and closes those that its start tag ends.
    pub(crate) fn open(&mut self, name: &str, is_hidden: bool) {
        let (ended, scope) = ended_by(name);
        let last = self.find(|open| ended.contains(&open), |open| scope.contains(&open));
        if let Some(index) = last {
            self.0.truncate(index);
        }

        let is_hidden = is_hidden || self.is_hidden();
        self.0.push(OpenElement {
            name: name.to_owned(),
            is_hidden,
        });
    }

    /// Closes an element with those in it; false if no such element is open.
    pub(crate) fn close(&mut self, name: &str) -> bool {
        let belongs_to_tables =
            is_scope(name) || matches!(name, "tr" | "tbody" | "thead" | "tfoot");
        let last = self.find(
            |open| open == name,
            |open| is_scope(open) && !belongs_to_tables,
        );

        if let Some(index) = last {
            self.0.truncate(index);
        }
        last.is_some()
    }

    /// Whether one of the open elements hides its content.
    pub(crate) fn is_hidden(&self) -> bool {
        self.0.last().is_some_and(|open| open.is_hidden)
    }

    /// Whether an element of the name is open.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(|open| open == name, |_| false).is_some()
    }

    /// The index of the last open element that is looked for, up to one that ends the search.
    fn find(&self, is_found: impl Fn(&str) -> bool, ends: impl Fn(&str) -> bool) -> Option<usize> {
        for (index, open) in self.0.iter().enumerate().rev().take(MAX_COMPARED) {
            if is_found(&open.name) {
                return Some(index);
            }
            if ends(&open.name) {
                return None;
            }
        }
        None
    }
}
