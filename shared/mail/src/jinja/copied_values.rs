//! The values of a recipient that a template copies into its mail, and those that it computes with.

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Stmt, UnaryOpKind};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::lists::{operands, value_of, visit};

/// The name of the recipient, whose fields differ between recipients.
const USER: &str = "user";

/// The only other value that differs between the recipients of a resend and is copied.
const EXPIRES_AT: &str = "expires_at";

/// The fields of `user` that are texts. `groups` is a list, so every use of it computes.
const TEXT_FIELDS: [&str; 3] = ["name", "login_id", "email"];

/// Tests whose result does not depend on the text of a value.
const TESTS_OF_PRESENCE: [&str; 3] = ["defined", "undefined", "none"];

/// How a source uses the values that differ between recipients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ValueUse {
    /// Whether the source only writes these values out, and asks whether they are there or empty.
    pub only_copies: bool,
    /// Whether the source reads the number of the invitation.
    pub reads_attempt: bool,
}

/// Finds how a source uses the values that differ between recipients.
///
/// A source that cannot be parsed copies nothing. The bounds on what a source nests have been checked
/// before, so that this may call itself.
pub(crate) fn value_use(source: &str, syntax: SyntaxConfig) -> ValueUse {
    let Ok(tree) = parse(source, "", syntax) else {
        return ValueUse::default();
    };
    let Stmt::Template(template) = &tree else {
        return ValueUse::default();
    };

    let mut reads_attempt = false;
    visit(&template.children, &mut |expression| {
        reads_attempt |= matches!(expression, Expr::Var(name) if name.id == "attempt");
    });
    ValueUse {
        only_copies: are_copying(&template.children, Output::Mail),
        reads_attempt,
    }
}

/// The receiver of the output of some statements.
#[derive(Clone, Copy)]
enum Output {
    /// The mail.
    Mail,
    /// A variable or a filter, which may compute with it.
    Captured,
}

/// How the result of an expression is used.
#[derive(Clone, Copy)]
enum Usage {
    /// It is written into the mail as it is.
    Written,
    /// It is only asked whether it is there, or true.
    Asked,
    /// It is used in any other way.
    Computed,
}

fn are_copying(statements: &[Stmt<'_>], output: Output) -> bool {
    statements
        .iter()
        .all(|statement| is_copying(statement, output))
}

fn is_copying(statement: &Stmt<'_>, output: Output) -> bool {
    let is_computable = |expression: &Expr<'_>| is_fit(expression, Usage::Computed);
    let is_body = |body: &[Stmt<'_>]| are_copying(body, output);

    match statement {
        Stmt::EmitRaw(_) => true,
        Stmt::EmitExpr(emit) => match output {
            Output::Mail => is_fit(&emit.expr, Usage::Written),
            Output::Captured => is_computable(&emit.expr),
        },
        Stmt::IfCond(condition) => {
            is_fit(&condition.expr, Usage::Asked)
                && is_body(&condition.true_body)
                && is_body(&condition.false_body)
        }
        Stmt::ForLoop(looped) => {
            let filter = looped.filter_expr.as_ref();
            // `{{ loop(…) }}` returns the output of a recursive loop.
            let in_loop = if looped.recursive {
                Output::Captured
            } else {
                output
            };
            is_computable(&looped.target)
                && is_computable(&looped.iter)
                && filter.is_none_or(|filter| is_fit(filter, Usage::Asked))
                && are_copying(&looped.body, in_loop)
                && are_copying(&looped.else_body, in_loop)
        }
        Stmt::Set(set) => is_computable(&set.target) && is_computable(&set.expr),
        Stmt::WithBlock(with) => {
            let mut assignments = with.assignments.iter();
            assignments.all(|(target, value)| is_computable(target) && is_computable(value))
                && is_body(&with.body)
        }
        Stmt::AutoEscape(escape) => is_computable(&escape.enabled) && is_body(&escape.body),
        Stmt::SetBlock(set) => {
            set.filter.as_ref().is_none_or(is_computable)
                && are_copying(&set.body, Output::Captured)
        }
        Stmt::FilterBlock(filter) => {
            is_computable(&filter.filter) && are_copying(&filter.body, Output::Captured)
        }
        _ => false,
    }
}

/// Whether an expression, used in this way, only copies the values that differ between recipients.
fn is_fit(expression: &Expr<'_>, usage: Usage) -> bool {
    if is_text_of_recipient(expression) {
        return !matches!(usage, Usage::Computed);
    }
    let is_fit_too = |operand: &Expr<'_>| is_fit(operand, usage);

    match expression {
        Expr::Var(name) => name.id != USER,
        Expr::UnaryOp(operation) if matches!(operation.op, UnaryOpKind::Not) => {
            is_fit(&operation.expr, Usage::Asked)
        }
        // The result is one of the two operands.
        Expr::BinOp(operation) if matches!(operation.op, BinOpKind::ScAnd | BinOpKind::ScOr) => {
            is_fit_too(&operation.left) && is_fit_too(&operation.right)
        }
        Expr::IfExpr(choice) => {
            let otherwise = choice.false_expr.as_ref();
            is_fit(&choice.test_expr, Usage::Asked)
                && is_fit_too(&choice.true_expr)
                && otherwise.is_none_or(is_fit_too)
        }
        Expr::Filter(filter) if ["default", "d"].contains(&filter.name) => {
            let is_positional = |argument: &CallArg<'_>| matches!(argument, CallArg::Pos(_));
            filter.args.iter().all(is_positional)
                && filter.args.iter().map(value_of).all(is_fit_too)
                && filter.expr.as_ref().is_none_or(is_fit_too)
        }
        Expr::Test(test) if TESTS_OF_PRESENCE.contains(&test.name) && test.args.is_empty() => {
            is_fit(&test.expr, Usage::Asked)
        }
        _ => operands(expression)
            .into_iter()
            .all(|operand| is_fit(operand, Usage::Computed)),
    }
}

/// Whether the expression is a text that differs between recipients: a field or an attribute of the
/// user, or the expiry of the secret.
fn is_text_of_recipient(expression: &Expr<'_>) -> bool {
    let is_user = |expression: &Expr<'_>| matches!(expression, Expr::Var(name) if name.id == USER);

    match expression {
        Expr::Var(name) => name.id == EXPIRES_AT,
        Expr::GetAttr(field) if is_user(&field.expr) => TEXT_FIELDS.contains(&field.name),
        Expr::GetAttr(attribute) => match &attribute.expr {
            Expr::GetAttr(attributes) => {
                is_user(&attributes.expr) && attributes.name == "attributes"
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only_copies(source: &str) -> bool {
        value_use(source, SyntaxConfig::default()).only_copies
    }

    #[test]
    fn a_value_is_copied_that_is_written_out_or_asked_whether_it_is_there() {
        for source in [
            "",
            "{{ user.name }}{{ user.login_id }}{{ user.email }}{{ expires_at }}",
            "{{ user.attributes.room }}",
            "{% if user.name %}{{ user.name }}{% elif not user.email %}x{% else %}y{% endif %}",
            "{% if user.name and attempt > 1 or expires_at %}x{% endif %}",
            "{{ user.attributes.room | default('none') }}",
            "{{ user.attributes.room | d(user.email, true) }}",
            "{{ user.name or 'you' }}{{ 'a' if user.name else user.email }}",
            "{% if user.attributes.room is defined %}x{% endif %}",
            "{% if user.attributes.room is not defined %}x{% endif %}",
            "{% for n in range(3) if user.name %}{{ n }} {{ user.name }}{% endfor %}",
            "{% set x = attempt + 1 %}{{ x ~ organisation.name | upper }}",
            "{% set x %}{% if user.name %}a{% endif %}{% endset %}{{ x }}",
            "{% with a = 1 %}{{ user.name }}{% endwith %}",
            "{% autoescape false %}{{ user.name }}{% endautoescape %}",
            "{{ not user.name }}",
        ] {
            assert!(only_copies(source), "{source}");
        }
    }

    #[test]
    fn every_other_use_of_a_value_computes() {
        for source in [
            "{{ user }}",
            "{{ user['name'] }}",
            "{{ user.name | upper }}",
            "{{ user.name ~ '!' }}",
            "{{ user.name[0] }}{{ user.name[:2] }}",
            "{{ user.name == 'a' }}",
            "{% if 'a' in user.name %}x{% endif %}",
            "{% if user.name is string %}x{% endif %}",
            "{{ user.groups }}",
            "{% if user.groups %}x{% endif %}",
            "{% for group in user.groups %}{{ group }}{% endfor %}",
            "{% for letter in user.name %}{{ letter }}{% endfor %}",
            "{% set x = user.name %}{{ x }}",
            "{% set x = user %}{{ x.name }}",
            "{% set x %}{{ user.name }}{% endset %}{{ x }}",
            "{% with x = user.name %}{{ x }}{% endwith %}",
            "{% filter upper %}{{ user.name }}{% endfilter %}",
            "{% for a in [[1]] recursive %}{{ user.name }}{{ loop(a)[0] }}{% endfor %}",
            "{{ (user.name or 'you') | upper }}",
            "{{ user.attributes.room | default('x') | upper }}",
            "{{ ['a', user.name] | join }}",
            "{{ {'a': user.name} }}",
            "{{ range(expires_at) }}",
            "{{ -expires_at }}",
            "{{ (user.name if attempt else 'x') ~ 'y' }}",
            "{{ user.name.upper() }}",
            "{{ user.attributes.room.x }}",
            "{{ user.language }}",
            "{{ 'x' | default(default_value=user.name) }}",
        ] {
            assert!(!only_copies(source), "{source}");
        }
    }

    #[test]
    fn the_number_of_the_invitation_is_found_wherever_it_is_read() {
        let reads = |source: &str| value_use(source, SyntaxConfig::default()).reads_attempt;
        assert!(reads("{% if user.name %}{{ 'x' ~ attempt }}{% endif %}"));
        assert!(!reads("{{ user.name }}attempt{{ 'attempt' }}"));
    }
}
