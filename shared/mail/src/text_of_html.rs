//! Makes the text part of a mail from its HTML, for authors who write none.
//!
//! Libraries that turn HTML into text wrap lines and build a tree, and so move or break the tags of a
//! template. Here the tags are marks while the HTML is read, and each mark becomes its tag again: all
//! statements are kept, in their order, and every expression that the HTML shows. Links are written
//! out.

mod elements;
mod marked_source;
mod open_elements;
mod reader;
mod text_writer;

use crate::style_elements::without_styles;
use marked_source::MarkedSource;
use reader::Reader;

/// The text of some HTML, a source of a template.
///
/// Nothing that breaks a rule for HTML is rejected here: the check of the HTML reports it.
pub(crate) fn text_of_html(source: &str) -> String {
    let marked = MarkedSource::new(&without_styles(source));
    let mut reader = Reader::new(&marked.tags);
    reader.read(&marked.html);
    reader.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_texts(cases: &[(&str, &str)]) {
        for (html, text) in cases {
            assert_eq!(text_of_html(html), *text, "{html}");
        }
    }

    #[test]
    fn a_link_is_written_out_with_its_text() {
        assert_texts(&[
            (
                "<a href='{{ login_url }}'>Log in</a>",
                "Log in: {{ login_url }}",
            ),
            (
                "<p>Please <a href=\"https://example.com/?a=1&amp;b=2\">log in</a> today.</p>",
                "Please log in <https://example.com/?a=1&b=2> today.",
            ),
            ("<a href={{ login_url }}>{{login_url}}</a>", "{{login_url}}"),
            (
                "<a href='https://example.com'>https://example.com</a>!",
                "https://example.com!",
            ),
            (
                "<a href='mailto:a@example.com?subject=Hi%20there'>Write</a>",
                "Write: a@example.com",
            ),
            ("<a href='tel:+1234'>+1234</a>", "+1234"),
            ("<a href='#top'>Up</a>", "Up"),
            (
                "<a href='{{ invitation_url }}'><img alt='Set a password' src='https://example.com/a.png'></a>",
                "Set a password: {{ invitation_url }}",
            ),
            (
                "<p>a<a href='https://example.com'></a>b</p>",
                "a https://example.com b",
            ),
            (
                "<a href='{{ login_url }}'>Go &gt;</a>",
                "Go > {{ login_url }}",
            ),
            (
                "<a href='{{ login_url }}?utm_source=a&amp;b=c#d'>Log in</a>",
                "Log in: {{ login_url }}?utm_source=a&b=c#d",
            ),
        ]);
    }

    #[test]
    fn blocks_lists_and_tables_are_readable() {
        assert_texts(&[
            (
                "<h1>Hi</h1>\n<p>One\n two<br>three</p><div>four</div><div>five</div>",
                "Hi\n\nOne two\nthree\n\nfour\nfive",
            ),
            (
                "<ul><li>a<li>b<ul><li>c</li></ul></li></ul><ol><li>d</li><li>e</li></ol>",
                "- a\n- b\n  - c\n\n1. d\n2. e",
            ),
            (
                "<table><tr><th>Name<td>&nbsp;</td><td>{{ user.name }}</tr><tr><td>Id</td><td>{{ user.login_id }}</td></tr></table>x",
                "Name | {{ user.name }}\nId | {{ user.login_id }}\n\nx",
            ),
            ("a<hr>b", "a\n\n----\n\nb"),
            ("<pre>a\n  b</pre>", "a\n  b"),
        ]);
    }

    #[test]
    fn statements_stay_in_their_order_and_make_no_lines() {
        assert_texts(&[
            (
                "<p>Hi</p>{% if attempt > 1 %}<p>Again</p>{% endif %}<p>Bye</p>",
                "Hi\n\n{% if attempt > 1 %}\nAgain\n\n{% endif %}\nBye",
            ),
            (
                "<p>{% if attempt > 1 %}A{% else %}B{% endif %}</p><p>C</p>",
                "{% if attempt > 1 %}\nA{% else %}B{% endif %}\n\n\nC",
            ),
            (
                "<ol>{% for g in user.groups -%} <li> {{ g }} </li> {%- endfor %}</ol>",
                "{% for g in user.groups %}\n- {{ g }}\n{% endfor %}",
            ),
            (
                "<p>a {%- if attempt %} b{% endif %}</p>",
                "a{% if attempt %} b{% endif %}",
            ),
            (
                "<!--[if mso]>{% if attempt %}x{% endif %}<![endif]-->y",
                "{% if attempt %}\n{% endif %}\ny",
            ),
        ]);
    }

    #[test]
    fn what_a_reader_does_not_see_is_left_out() {
        assert_texts(&[
            ("<title>t</title><style>p{}</style><!-- c -->{# d #}a", "a"),
            ("<div style='DISPLAY : none'>x<p>y</p></div>a", "a"),
            ("<p hidden>x<p>a", "a"),
            ("<style>@media screen{#outlook a{padding:0}}</style>a", "a"),
            ("<!--[if !mso]><!--><p>a</p><!--<![endif]-->", "a"),
            ("<!--[if mso]><p>x</p><![endif]-->a<br>", "a"),
            ("<noscript>a</noscript>\u{200b}\u{feff}&zwnj;", "a"),
            (
                "<script>x</script>a<img src='https://example.com/a.png'>",
                "a",
            ),
            ("<img alt='Example &amp; Co'>", "Example & Co"),
        ]);
    }

    #[test]
    fn a_secret_is_not_glued_to_other_text() {
        assert_texts(&[
            (
                "<p>Password: <b>{{ password }}</b>.</p>",
                "Password: {{ password }}.",
            ),
            ("<p>(<b>{{ password }}</b>)</p>", "({{ password }})"),
            (
                "<p>https://example.com/<b>{{ password }}</b><i>@example.com</i></p>",
                "https://example.com/ {{ password }} @example.com",
            ),
            (
                "{{ login_url }}<b>{{ password }}</b>",
                "{{ login_url }} {{ password }}",
            ),
            (
                "<b>{{ password }}</b>.<i>example.com</i>",
                "{{ password }}. example.com",
            ),
        ]);
    }

    #[test]
    fn no_tag_is_made_of_what_was_none() {
        assert_texts(&[
            ("{<b></b>{ user.name }}", "{{ '{' }}{ user.name }}"),
            ("&#123;{ user.name }}", "{{ '{' }}{ user.name }}"),
            ("{&#37; if x %}", "{{ '{' }}% if x %}"),
            ("{<b>{{ user.name }}", "{{ '{' }}{{ user.name }}"),
            ("{% raw %}{{ x }}{% endraw %}", "{{ '{' }}{ x }}"),
            ("{{ '<b>' }}{a}", "{{ '<b>' }}{a}"),
        ]);
    }
}
