//! Lists that stay small.
//!
//! The engine counts the work of loops and filters, but not that of comparing a list or of writing
//! it. So a source makes no list of lists, and neither adds nor multiplies lists: none is longer
//! than its source, a user's groups or a range.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;

/// The attributes of variables and of loops that are, or may be, lists.
const LIST_ATTRIBUTES: [&str; 3] = ["groups", "previtem", "nextitem"];

/// Filters that return a text, a number or a boolean, whatever they get.
const SCALAR_FILTERS: [&str; 22] = [
    "abs",
    "bool",
    "capitalize",
    "count",
    "e",
    "escape",
    "float",
    "format",
    "indent",
    "int",
    "join",
    "length",
    "lower",
    "pprint",
    "replace",
    "round",
    "string",
    "title",
    "trim",
    "tojson",
    "upper",
    "urlencode",
];

/// A value that a source assigns to a variable.
enum Assigned<'a> {
    Text,
    Value(&'a Expr<'a>),
    ElementOf(&'a Expr<'a>),
    /// A part of a value that is taken apart.
    Part,
}

/// The variables that a source assigns, and those of them that may hold a list.
#[derive(Default)]
struct Variables<'a> {
    assigned: BTreeMap<&'a str, Vec<Assigned<'a>>>,
    lists: BTreeSet<&'a str>,
}

/// Finds the byte offset of the first list that could grow beyond its source.
///
/// A source that cannot be parsed has none: the engine reports it. The bounds on what a source nests
/// have been checked before, so that this may call itself.
pub(crate) fn find_growing_list(source: &str, syntax: SyntaxConfig) -> Option<usize> {
    let tree = parse(source, "", syntax).ok()?;
    let Stmt::Template(template) = &tree else {
        return None;
    };

    let mut variables = Variables::default();
    variables.collect(&template.children);
    variables.find_lists();

    let mut first: Option<usize> = None;
    visit(&template.children, &mut |expression| {
        let offset = variables.growing_at(expression);
        first = [first, offset].into_iter().flatten().min();
    });
    first
}

impl<'a> Variables<'a> {
    fn collect(&mut self, statements: &'a [Stmt<'a>]) {
        for statement in statements {
            match statement {
                Stmt::Set(set) => self.assign(&set.target, Assigned::Value(&set.expr)),
                Stmt::SetBlock(set) => self.assign(&set.target, Assigned::Text),
                Stmt::WithBlock(with) => {
                    for (target, value) in &with.assignments {
                        self.assign(target, Assigned::Value(value));
                    }
                }
                Stmt::ForLoop(looped) => {
                    self.assign(&looped.target, Assigned::ElementOf(&looped.iter));
                }
                _ => {}
            }
            for body in bodies(statement) {
                self.collect(body);
            }
        }
    }

    fn assign(&mut self, target: &'a Expr<'a>, assigned: Assigned<'a>) {
        match target {
            Expr::Var(name) => self.assigned.entry(name.id).or_default().push(assigned),
            Expr::Tuple(parts) => {
                for part in &parts.items {
                    self.assign(part, Assigned::Part);
                }
            }
            Expr::List(parts) => {
                for part in &parts.items {
                    self.assign(part, Assigned::Part);
                }
            }
            _ => {}
        }
    }

    /// Finds the variables that may hold a list. One that gets the value of such a variable is one
    /// too, so this goes on until none is added.
    fn find_lists(&mut self) {
        loop {
            let added: Vec<_> = self
                .assigned
                .iter()
                .filter(|(name, _)| !self.lists.contains(*name))
                .filter(|(_, values)| !values.iter().all(|value| self.is_assigned_scalar(value)))
                .map(|(name, _)| *name)
                .collect();
            if added.is_empty() {
                return;
            }
            self.lists.extend(added);
        }
    }

    fn is_assigned_scalar(&self, assigned: &Assigned<'a>) -> bool {
        match assigned {
            Assigned::Text => true,
            Assigned::Value(value) => self.is_scalar(value),
            Assigned::ElementOf(list) => match list {
                Expr::List(_) | Expr::Call(_) => true,
                Expr::GetAttr(attribute) => self.is_scalar(&attribute.expr),
                _ => false,
            },
            Assigned::Part => false,
        }
    }

    /// Whether an expression is surely no list.
    fn is_scalar(&self, expression: &Expr<'a>) -> bool {
        match expression {
            Expr::Const(constant) => !matches!(
                constant.value.kind(),
                ValueKind::Seq | ValueKind::Map | ValueKind::Iterable
            ),
            Expr::Var(name) => !self.lists.contains(name.id),
            Expr::GetAttr(attribute) => {
                !LIST_ATTRIBUTES.contains(&attribute.name) && self.is_scalar(&attribute.expr)
            }
            Expr::Compare(_) | Expr::Test(_) | Expr::UnaryOp(_) => true,
            Expr::BinOp(operation) => match operation.op {
                BinOpKind::ScAnd | BinOpKind::ScOr => {
                    self.is_scalar(&operation.left) && self.is_scalar(&operation.right)
                }
                _ => true,
            },
            Expr::IfExpr(choice) => {
                let no = choice.false_expr.as_ref();
                self.is_scalar(&choice.true_expr) && no.is_none_or(|no| self.is_scalar(no))
            }
            Expr::Filter(filter) if SCALAR_FILTERS.contains(&filter.name) => true,
            Expr::Filter(filter) if ["default", "d"].contains(&filter.name) => {
                let value = filter.expr.as_ref();
                value.is_none_or(|value| self.is_scalar(value))
                    && filter
                        .args
                        .iter()
                        .map(value_of)
                        .all(|value| self.is_scalar(value))
            }
            _ => false,
        }
    }

    /// The offset of an expression that adds or multiplies a list, or puts one into another.
    fn growing_at(&self, expression: &Expr<'a>) -> Option<usize> {
        let any_list = |values: &[Expr<'a>]| !values.iter().all(|value| self.is_scalar(value));
        let (grows, span) = match expression {
            Expr::BinOp(operation) if matches!(operation.op, BinOpKind::Add | BinOpKind::Mul) => {
                let are_scalar =
                    self.is_scalar(&operation.left) && self.is_scalar(&operation.right);
                (!are_scalar, operation.span())
            }
            Expr::List(list) => (any_list(&list.items), list.span()),
            Expr::Tuple(tuple) => (any_list(&tuple.items), tuple.span()),
            Expr::Map(map) => (any_list(&map.values), map.span()),
            Expr::Filter(filter) => (!self.are_small(&filter.args), filter.span()),
            Expr::Test(test) => (!self.are_small(&test.args), test.span()),
            Expr::Call(call) => (!self.are_small(&call.args), call.span()),
            _ => return None,
        };
        grows.then_some(span.start_offset as usize)
    }

    /// Whether arguments are scalars or lists that are written out: a filter may put an argument into
    /// a list.
    fn are_small(&self, arguments: &[CallArg<'a>]) -> bool {
        let is_small = |value: &Expr<'a>| matches!(value, Expr::List(_)) || self.is_scalar(value);
        arguments.iter().map(value_of).all(is_small)
    }
}

/// The value of an argument.
pub(super) fn value_of<'e, 'a>(argument: &'e CallArg<'a>) -> &'e Expr<'a> {
    match argument {
        CallArg::Pos(value)
        | CallArg::Kwarg(_, value)
        | CallArg::PosSplat(value)
        | CallArg::KwargSplat(value) => value,
    }
}

/// The bodies of a block.
pub(super) fn bodies<'a>(statement: &'a Stmt<'a>) -> Vec<&'a [Stmt<'a>]> {
    match statement {
        Stmt::ForLoop(looped) => vec![&looped.body, &looped.else_body],
        Stmt::IfCond(condition) => vec![&condition.true_body, &condition.false_body],
        Stmt::WithBlock(with) => vec![&with.body],
        Stmt::SetBlock(set) => vec![&set.body],
        Stmt::AutoEscape(escape) => vec![&escape.body],
        Stmt::FilterBlock(filter) => vec![&filter.body],
        _ => Vec::new(),
    }
}

/// The expressions of a statement itself.
fn expressions<'a>(statement: &'a Stmt<'a>) -> Vec<&'a Expr<'a>> {
    match statement {
        Stmt::EmitExpr(emit) => vec![&emit.expr],
        Stmt::ForLoop(looped) => {
            let filter = looped.filter_expr.iter();
            filter.chain([&looped.iter]).collect()
        }
        Stmt::IfCond(condition) => vec![&condition.expr],
        Stmt::WithBlock(with) => with.assignments.iter().map(|(_, value)| value).collect(),
        Stmt::Set(set) => vec![&set.expr],
        Stmt::SetBlock(set) => set.filter.iter().collect(),
        Stmt::AutoEscape(escape) => vec![&escape.enabled],
        Stmt::FilterBlock(filter) => vec![&filter.filter],
        Stmt::Do(action) => {
            let arguments = action.call.args.iter().map(value_of);
            arguments.chain([&action.call.expr]).collect()
        }
        _ => Vec::new(),
    }
}

/// The expressions in an expression.
pub(super) fn operands<'e, 'a>(expression: &'e Expr<'a>) -> Vec<&'e Expr<'a>> {
    match expression {
        Expr::Var(_) | Expr::Const(_) => Vec::new(),
        Expr::Slice(slice) => {
            let bounds = [&slice.start, &slice.stop, &slice.step];
            let bounds = bounds.into_iter().flatten();
            bounds.chain([&slice.expr]).collect()
        }
        Expr::UnaryOp(operation) => vec![&operation.expr],
        Expr::BinOp(operation) => vec![&operation.left, &operation.right],
        Expr::Compare(comparison) => {
            let others = comparison.ops.iter().map(|operation| &operation.expr);
            others.chain([&comparison.expr]).collect()
        }
        Expr::IfExpr(choice) => {
            let no = choice.false_expr.iter();
            no.chain([&choice.test_expr, &choice.true_expr]).collect()
        }
        Expr::Filter(filter) => {
            let arguments = filter.args.iter().map(value_of);
            arguments.chain(&filter.expr).collect()
        }
        Expr::Test(test) => test.args.iter().map(value_of).chain([&test.expr]).collect(),
        Expr::GetAttr(attribute) => vec![&attribute.expr],
        Expr::GetItem(item) => vec![&item.expr, &item.subscript_expr],
        Expr::Call(call) => call.args.iter().map(value_of).chain([&call.expr]).collect(),
        Expr::List(list) => list.items.iter().collect(),
        Expr::Tuple(tuple) => tuple.items.iter().collect(),
        Expr::Map(map) => map.keys.iter().chain(&map.values).collect(),
    }
}

/// Visits every expression.
pub(super) fn visit<'a>(statements: &'a [Stmt<'a>], look: &mut impl FnMut(&'a Expr<'a>)) {
    for statement in statements {
        let mut open = expressions(statement);
        while let Some(expression) = open.pop() {
            look(expression);
            open.extend(operands(expression));
        }
        for body in bodies(statement) {
            visit(body, look);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mails_compute_is_taken_and_what_grows_lists_is_not() {
        for source in [
            "{{ 3 + 4 * attempt }}{{ user.name ~ 'x' * 2 }}",
            "{% for group in user.groups %}{{ loop.index + 1 }}{{ group ~ ', ' }}{% endfor %}",
            "{% set n = 1 %}{% set n = n + 1 %}{{ (n|int) * 2 }}",
            "{% if user.language in ['en', 'ja'] %}{{ ['a', 'b']|join(', ') }}{% endif %}",
            "{% for number in range(3) %}{{ number * 2 }}{% endfor %}",
            "{{ user.groups|select('in', ['a'])|join }}{{ {'en': 'Hi'}[user.language] }}",
            "{{ user.name|default('you') + '!' }}",
        ] {
            assert_eq!(
                find_growing_list(source, SyntaxConfig::default()),
                None,
                "{source}"
            );
        }

        for (source, offset) in [
            ("{{ [1] * 1000 }}", 3),
            ("{{ user.groups + user.groups }}", 3),
            ("{% set a = [1] %}{{ a * 9 }}", 20),
            ("{% set a = [1] %}{% set b = a %}{{ 'x' + b }}", 35),
            ("{% set a = range(9) %}{% set b = [a, a] %}", 33),
            ("{{ [[1]] }}", 3),
            ("{{ {'a': [1]} }}", 3),
            ("{% for a in [1]|batch(1) %}{{ a * 9 }}{% endfor %}", 30),
            ("{% set a = [1]|list %}{{ [1]|batch(9, a) }}", 29),
            ("{% with a = [1] %}{{ a + a }}{% endwith %}", 21),
            ("{% set a, b = [1], 2 %}{{ a * 9 }}", 19),
        ] {
            assert_eq!(
                find_growing_list(source, SyntaxConfig::default()),
                Some(offset),
                "{source}"
            );
        }
    }
}
