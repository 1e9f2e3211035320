use std::collections::BTreeMap;
use std::fmt;

use reinvite_domain::{Language, Variant};
use serde::Serialize;

use crate::foreign_marks::{ForeignMark, foreign_marks};
use crate::mail_part::MailPart;

/// The most marks that a notice names.
const MAX_NAMED_MARKS: usize = 50;

/// The marks of other programs in a template: the values of a notice, whose sentence it displays as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateMarks {
    marks: Vec<TemplateMark>,
}

/// A mark of another program, and its place.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct TemplateMark {
    language: Language,
    part: MailPart,
    line: usize,
    column: Option<usize>,
    mark: String,
    /// The variable to use instead.
    variable: Option<&'static str>,
}

impl TemplateMarks {
    /// Finds the marks of other programs in the variants of a template, at most 50; `None` if there
    /// are none.
    #[must_use]
    pub fn find(variants: &BTreeMap<Language, Variant>) -> Option<Self> {
        let marks: Vec<_> = variants
            .iter()
            .flat_map(|(language, variant)| {
                foreign_marks(variant)
                    .into_iter()
                    .map(|mark| TemplateMark::new(language, mark))
            })
            .take(MAX_NAMED_MARKS)
            .collect();
        (!marks.is_empty()).then_some(Self { marks })
    }
}

impl TemplateMark {
    fn new(language: &Language, mark: ForeignMark) -> Self {
        Self {
            language: language.clone(),
            part: mark.part,
            line: mark.position.line,
            column: mark.position.column,
            mark: mark.mark,
            variable: mark.variable,
        }
    }
}

/// The sentence: it names each mark once, with the variable to write.
impl fmt::Display for TemplateMarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Recipients will read marks of another program as they are: "
        )?;

        let named: BTreeMap<_, _> = self
            .marks
            .iter()
            .map(|mark| (&*mark.mark, mark.variable))
            .collect();
        for (index, (mark, variable)) in named.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{mark}")?;
            if let Some(variable) = variable {
                write!(f, " (write {{{{ {variable} }}}})")?;
            }
        }
        write!(f, ".")
    }
}
