use proptest::prelude::*;
use proptest::sample::select;
use reinvite_domain::Rule;

use super::{StyleFinding, check_style_attribute, check_style_sheet};
use crate::html::input::HtmlInput;

/// Sheets that real mails hold.
const HARMLESS_SHEETS: &[&str] = &[
    "/* BODY & CONTAINER */ p{margin:0}",
    "<!-- p.MsoNormal, div.MsoNormal {margin:0cm; mso-style-name:\"\\@x\"} -->",
    "@media only screen and (max-width:480px){#outlook a{padding:0}.a>td{width:100%!important}}",
    "v\\:* {behavior:url(#default#VML);} .shape {behavior: url('#default#VML')}",
    "@font-face{font-family:\"Cambria Math\";panose-1:2 4 5 3 5 4 6 3 2 4;src:local(x)}",
    "@page WordSection1{size:595.3pt 841.9pt;mso-header-margin:35.4pt} @list l0{mso-list-id:1}",
    "@-ms-viewport{width:device-width} @supports (display:grid){a:not([href]){color:red}}",
    "@-moz-document url-prefix(){.a{color:red}} @charset \"utf-8\";",
    ".a{*zoom:1;_height:1px;color:red !ie;width:10px\\9;filter:alpha(opacity=50)}",
    ".a{background:#fff url(https://example.com/a.png) no-repeat;background-image:none}",
    ".a{background:image-set('https://example.com/a.png' 1x type('image/png'),url(#b) 2x)}",
    ".a{background:url(data:image/png;base64,aGk=);list-style:url('')}",
    "a[href^=\"tel\"],a[href^=\"mailto:\"],a[href^=https],a[href],a[HREF^='sms:' i]{color:inherit}",
    "a[href^='x-apple-data-detectors:'],[data-ogsc] .a,div[style*='margin: 16px 0;']{margin:0}",
    "[dir=rtl] td,[lang|='zh-Hant'],p:lang(ja),[class~='title'],[title]{color:red}",
    "td:before{content:attr(data-label)} @media print{a[href]:after{content:' (' attr(href) ')'}}",
    ".behavior:hover{scroll-behavior:smooth} .a{grid-template:[src] 1fr [href]}",
    "} p{color:red}} ;; a{",
    "/* keep <td> and <a> apart */ .a{width:calc((100% - 480px) * 1)} :root{color-scheme:light dark}",
    ".a{filter:progid:DXImageTransform.Microsoft.gradient(startColorstr='#80000000')}",
    "/* in <style> */ .a{color:red}",
    ".sm\\:w-full{width:100%}.a{font-family:'Segoe UI','\\6e38 Gothic'}u+.body .a{width:100vw}",
];

/// Sheets that are refused, and the text that breaks a rule.
const REFUSED_SHEETS: &[(&str, &str)] = &[
    (
        "a{background:url(javascript:alert(1))}",
        "url(javascript:alert(1)",
    ),
    (
        "a{background:url(//example.com/a.png)}",
        "url(//example.com/a.png)",
    ),
    (
        "a{background:url('data:image/svg+xml,x')}",
        "'data:image/svg+xml,x'",
    ),
    ("a{background:URL (https://example.com)}", "URL"),
    ("a{background:u/**/rl(https://example.com)}", "u/**/rl("),
    ("a{--x:attr(href);background:var(--x)}", "attr("),
    ("a{background:src(attr(href))}", "attr(href)"),
    ("a{background:image-set(var(--x) 1x)}", "var(--x)"),
    ("a{--x:src('ftp://example.com/a')}", "'ftp://example.com/a'"),
    (
        "a{background:cross-fade(url(x.png),url(https://example.com/y.png))}",
        "url(x.png)",
    ),
    (
        "a{background:if(style(--x:1):url(https://example.com/a))}",
        "if(",
    ),
    (
        "a:link-to(url-pattern('https://example.com/*')){}",
        "link-to(",
    ),
    ("a:contains('x'){}", "contains("),
    ("@route --a{pattern:'x'}", "@route"),
    ("@namespace v url(https://example.com);", "@namespace"),
    ("@container (width>1px){a{color:red}}", "@container"),
    ("a{width:expression(alert(1))}", "expression("),
    ("a{width:exp/* */ression (alert(1))}", "exp/* */ression"),
    ("a{behavior:url(x.htc)}", "behavior"),
    ("a{behavior:url(#default#VML) url(x.htc)}", "behavior"),
    (
        "a{-moz-binding:url(https://example.com/a#b)}",
        "-moz-binding",
    ),
    (
        "a{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='a.png')}",
        "'a.png'",
    ),
    ("a{filter:progid:x.AlphaImageLoader(src=a.png)}", "="),
    (
        "a{-ms-filter:\"progid:x.AlphaImageLoader(src='a.png')\"}",
        "\"progid:x.AlphaImageLoader(src='a.png')\"",
    ),
    ("a[href*=\"gen=ab\"]{color:red}", "[href*=\"gen=ab\"]"),
    (
        "a[href^='https://invitations']{color:red}",
        "[href^='https://invitations']",
    ),
    ("a:is(b,:not(:has([*|href$=x]))){color:red}", "[*|href$=x]"),
    (
        "@supports (a:b){@media print{.a{&[ h\\72 ef = x ]{color:red}}}}",
        "[ h\\72 ef = x ]",
    ),
    ("[xlink\\:HREF~=x]{}", "[xlink\\:HREF~=x]"),
    (
        "img[src='https://example.com/a.png']{}",
        "[src='https://example.com/a.png']",
    ),
    ("[title^=y]{} ", "[title^=y]"),
    ("[alt|=y]{} ", "[alt|=y]"),
    ("[lang=yamada-taro]{} ", "[lang=yamada-taro]"),
    (":lang(yamada){} ", "lang(yamada)"),
    ("a{content:'x}", "'x}"),
    ("a{content:'x\n'}", "'x"),
    ("a{} /* b", "/* b"),
    ("a{} <!-- b", "<!--"),
    ("a{content:'<![endif]'}", "<"),
    ("/* <!--[if mso]> --> */", "<!--"),
    ("<style>p{margin:0}", "<"),
    ("/* <a href='https://example.com/?> */", "<"),
];

fn sheet(css: &str) -> Vec<StyleFinding> {
    check_style_sheet(css, HtmlInput::TemplateSource)
}

fn attribute(value: &str) -> Vec<StyleFinding> {
    check_style_attribute(value, HtmlInput::TemplateSource)
}

/// Puts the replacements in place of their ranges.
fn clean(raw: &str, findings: &[StyleFinding]) -> String {
    let mut cleaned = raw.to_string();
    for finding in findings.iter().rev() {
        if let Some(replacement) = &finding.replacement {
            cleaned.replace_range(finding.range.clone(), replacement);
        }
    }
    cleaned
}

#[test]
fn styles_of_real_mails_are_kept() {
    for css in HARMLESS_SHEETS {
        assert_eq!(sheet(css), [], "{css}");
    }

    for style in [
        "font-family:&quot;Segoe UI&quot;,sans-serif;mso-hide:all;display:none",
        "background:#fff url(https://example.com/a.png?a=1&amp;b=2)",
        "mso-line-height-rule:exactly;v-text-anchor:middle;",
        "font-family:'Arial",
    ] {
        assert_eq!(attribute(style), [], "{style}");
    }
}

#[test]
fn a_refused_style_names_its_place() {
    for (css, place) in REFUSED_SHEETS {
        let findings = sheet(css);
        let places: Vec<_> = findings
            .iter()
            .map(|finding| &css[finding.range.clone()])
            .collect();

        assert!(
            places.iter().any(|found| found.starts_with(place)),
            "{css}: {places:?}"
        );
        assert!(
            findings.iter().all(|finding| finding.replacement.is_none()),
            "{css}"
        );
    }
}

#[test]
fn a_style_attribute_is_read_without_its_references() {
    let findings = attribute("color:red;background:u&#114;l(&quot;javascript:x&quot;)");
    let [finding] = &*findings else {
        panic!("{findings:?}");
    };
    assert_eq!(finding.range, 30..54);
    assert_eq!(finding.rule, Rule::ImageAddress);
}

#[test]
fn loaded_styles_and_fonts_go_and_images_become_secure() {
    for (css, cleaned) in [
        (
            "@import url(\"https://example.com/a.css?b&c\"); p{margin:0}",
            " p{margin:0}",
        ),
        (
            "@media print{@IMPORT 'a.css' screen}p{}",
            "@media print{ }p{}",
        ),
        ("a{}@\\69mport url(http://example.com/a.css);b{}", "a{} b{}"),
        (
            "@font-face{font-family:a;src:local(b),url(http://example.com/a.woff)}a{}",
            "a{}",
        ),
        ("<!-- @import 'a.css' --> a{}", "<!-- --> a{}"),
        (
            "a{background:URL( 'HTTP://example.com/a.png?http:' )}",
            "a{background:URL( 'HTTPs://example.com/a.png?http:' )}",
        ),
        ("{@import 'a';{", "{ {"),
    ] {
        let findings = sheet(css);
        assert_eq!(findings.len(), 1, "{css}: {findings:?}");
        assert_eq!(clean(css, &findings), cleaned);
    }

    let value = "background:url(&quot;http://example.com/a.png?b=1&amp;c&quot;)";
    let expected = "background:url(&quot;https://example.com/a.png?b=1&amp;c&quot;)";
    assert_eq!(clean(value, &attribute(value)), expected);
    // The scheme is hidden, so a person has to write it.
    assert_eq!(
        attribute("background:url(htt\\70://example.com)")[0].replacement,
        None
    );
}

#[test]
fn every_tag_in_a_style_is_told() {
    let css = "a{color:{{ x }}}{% if y %}b{#c}#}";
    let places: Vec<_> = sheet(css)
        .into_iter()
        .map(|finding| finding.range)
        .collect();
    assert_eq!(places, [8..10, 16..18, 27..29]);

    let mail = HtmlInput::RenderedMail { secret: None };
    assert_eq!(check_style_sheet("a{b:{{}}}", mail), []);
}

#[test]
fn a_deep_style_is_refused() {
    let css = format!("a{{b:{}{}}}", "calc(".repeat(40), ")".repeat(40));
    assert_eq!(sheet(&css)[0].rule, Rule::TooDeep { max: 32 });

    let open = "a{".repeat(50_000);
    assert_eq!(sheet(&open)[0].rule, Rule::TooDeep { max: 32 });
}

/// Writes every character of a name in one of the ways that CSS reads alike.
fn spellings(name: &'static str) -> impl Strategy<Value = String> {
    let characters: Vec<_> = name
        .chars()
        .map(|character| {
            let code = u32::from(character);
            select(vec![
                character.to_string(),
                character.to_ascii_uppercase().to_string(),
                format!("\\{code:x} "),
                format!("\\{code:06X}"),
                format!("\\{:06x}", u32::from(character.to_ascii_uppercase())),
            ])
        })
        .collect();
    characters.prop_map(|pieces| pieces.concat())
}

/// Writes some characters of a value as references.
fn references(css: &str) -> impl Strategy<Value = String> + use<> {
    let characters: Vec<_> = css
        .chars()
        .map(|character| {
            let code = u32::from(character);
            select(vec![
                character.to_string(),
                character.to_string(),
                format!("&#{code};"),
                format!("&#x{code:X};"),
            ])
        })
        .collect();
    characters.prop_map(|pieces| pieces.concat())
}

fn surroundings() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(vec![
        ("", ""),
        ("a{b:c}", ""),
        ("} ]) ", ""),
        ("@media print{@supports (a:b){", "}}"),
        ("/* \" */ ", " a{}"),
        ("a{--x:{", "}}"),
        ("a{;;b:\"\\\"\";", "}"),
        ("<!-- ", " -->"),
    ])
}

proptest! {
    #[test]
    fn an_address_is_found_however_it_is_spelled(
        (name, (before, behind)) in (spellings("url"), surroundings()),
        address in select(vec!["javascript:x", "\"javascript:x\"", " 'ftp://example.com' "]),
    ) {
        let css = format!("{before}a{{b:{name}({address})}}{behind}");
        prop_assert!(!sheet(&css).is_empty(), "{css}");
    }

    #[test]
    fn an_address_in_an_attribute_is_found_however_it_is_spelled(
        value in spellings("url").prop_flat_map(|name| references(&format!("b:{name}(javascript:x)"))),
    ) {
        prop_assert!(!attribute(&value).is_empty(), "{value}");
    }

    #[test]
    fn a_selector_of_a_link_is_found_however_it_is_spelled(
        (name, (before, behind)) in (spellings("href"), surroundings()),
        namespace in select(vec!["", "*|", "|", "v|", "/**/ "]),
        comparison in select(vec!["=x", "^='https://a'", "*=x i", "$=x", "|=x", "~= \"x\" s"]),
        function in select(vec!["", ":is", ":not", "b:has"]),
    ) {
        let selector = format!("[{namespace}{name}{comparison}]");
        let selector = if function.is_empty() { selector } else { format!("{function}({selector})") };
        let css = format!("{before}{selector}{{c:d}}{behind}");
        let found = sheet(&css).into_iter().any(|finding| {
            finding.rule == Rule::SelectorReadsAttribute { attribute: "href".into() }
        });
        prop_assert!(found, "{css}");
    }

    #[test]
    fn harmless_sheets_stay_harmless_together(
        sheets in prop::collection::vec(select(HARMLESS_SHEETS.to_vec()), 1..5),
    ) {
        let css = sheets.join("\n");
        prop_assert_eq!(sheet(&css), []);
    }

    #[test]
    fn a_cleaned_style_has_nothing_left_to_clean(
        pieces in prop::collection::vec(
            select(vec![
                "@import url(http://example.com/a)", "@import", "@font-face{src:url(a)}", "@font-face",
                "url(http://example.com/a)", "url('http://example.com/b')", "image-set(\"HTTP://c\" 1x)",
                ";", "{", "}", "(", ")", "[", "]", "a", " ", "@", "\\", "\"", "/*", "*/", "<!--", "-->",
                "u", "rl(", "\n", "http:", "&amp;", "&quot;",
            ]),
            0..12,
        ),
    ) {
        let raw = pieces.concat();
        for check in [sheet, attribute] {
            let findings = check(&raw);
            for pair in findings.windows(2) {
                let apart = pair[0].range.end <= pair[1].range.start;
                prop_assert!(apart || pair.iter().any(|finding| finding.replacement.is_none()));
            }

            let cleaned = clean(&raw, &findings);
            let left = check(&cleaned).into_iter().find(|finding| finding.replacement.is_some());
            prop_assert_eq!(left, None, "{} -> {}", raw, cleaned);
        }
    }
}
