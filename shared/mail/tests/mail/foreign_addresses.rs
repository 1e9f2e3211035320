//! Addresses in a note that mail programs would make links of.

use proptest::prelude::*;
use reinvite_mail::find_foreign_address;

const LOGIN_URL: &str = "https://learn.example.com:8443/login?a=b";

fn is_found(text: &str) -> bool {
    find_foreign_address(text, LOGIN_URL).is_some()
}

#[test]
fn an_address_of_another_host_is_found_however_it_is_written() {
    for text in [
        "http://evil.example",
        "See HTTPS://EVIL.EXAMPLE/path.",
        "http://evil",
        "https:\\\\evil.example",
        "https:/evil.example",
        "ftp://192.0.2.1/x",
        "http://[2001:db8::1]/",
        "192.0.2.1",
        "www.evil.example",
        "Wwwとはwww.evilではない",
        "evil.example/path",
        "evil.com",
        "(evil.co.jp)",
        "evil.unknowntopleveldomain/path",
        "mailto:help@evil.example",
        "mailto:help",
        "help@evil.example",
        "help@evil.unknowntopleveldomain",
        "\\\\fileserver\\share",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "evil。example",
        "evil｡com",
        "evil․example",
        "ev\u{ad}il.exa\u{200d}mple",
        "evil\u{2060}.\u{fe0f}example",
        "https://例え.テスト",
        "例え.jp",
        "evil.みんな",
        "詳しくはevil.exampleをご覧ください",
        "xn--e1afmkfd.xn--p1ai",
        "evil.xn--p1ai",
        "https://learn.example.com.evil.example/",
        "https://learn.example.com@evil.example/",
        "https://learn.example.com:pass@evil.example/",
        "https://learn.example.com:8443@evil.example/",
        "https://learn.example.com\\@evil.example/",
        "https://learn.example.com%2eevil.example/",
        "https://learn.example.com/,https://evil.example",
        "https://learn.example.com/,evil.example",
        "https://learn.example.com/。evil.example",
        "https://learn.example.com/@evil.example",
        "https://learn.example.comに.evil.example",
        "learn.example.com-evil.example",
        "learn.example.com\u{2060}evil.example",
        "learn.example.com。evil.example",
        "xlearn.example.com",
        "example.com",
        "https://learn.example.com/\nevil.example",
        "<evil.example>",
    ] {
        assert!(is_found(text), "{text}");
    }
}

#[test]
fn a_text_without_addresses_and_the_login_host_may_be_written() {
    for text in [
        "",
        "See you at 9.30, or by 5.12.2026. It takes 1.5 hours.",
        "Dr.Smith and Mr.Tanaka, e.g. on Monday (a.m./p.m.) ...",
        "Version 1.2.3; ID:abc; PC:/; and/or; 10:30; A:B",
        "Please read handbook.pdf, then report.docx!",
        "お疲れ様です。ログインは月曜日から。PCで開いてください。IT部門より",
        "仮パスワード：なし。9.5まで。",
        "http:// is how an address begins",
        "@tanaka and a@b",
        "Log in at https://learn.example.com/.",
        "https://learn.example.com",
        "(https://learn.example.com/help/go.to/page.html?a=b&c=d#e.com)",
        "https://learn.example.com:8443/x",
        "https://LEARN.example.com./x",
        "ｈｔｔｐｓ：／／ｌｅａｒｎ．ｅｘａｍｐｌｅ．ｃｏｍ／",
        "learn.example.com/login",
        "https://learn.example.comにログインしてください。",
        "ログインはlearn.example.comです。",
        "mailto:help@learn.example.com or help@learn.example.com",
        "https://learn.example.com: from Monday",
    ] {
        assert_eq!(find_foreign_address(text, LOGIN_URL), None, "{text}");
    }
}

#[test]
fn the_login_host_may_be_written_in_its_own_script() {
    let login_url = "https://xn--r8jz45g.example/";
    assert_eq!(
        find_foreign_address("https://例え.example/a", "https://例え.example/"),
        None
    );
    assert_eq!(
        find_foreign_address("https://xn--r8jz45g.example/a", login_url),
        None
    );
    assert_eq!(find_foreign_address("例え.example", login_url), None);
    assert!(find_foreign_address("例ぇ.example", login_url).is_some());
}

#[test]
fn the_address_is_named_as_it_is_read() {
    let found = find_foreign_address("Go to ｅｖｉｌ．example/x now", LOGIN_URL);
    assert_eq!(found.as_deref(), Some("evil.example"));
}

proptest! {
    #[test]
    fn an_address_is_found_amid_any_text(
        before in "[^@]{0,20}",
        host in "[a-z]{1,8}\\.(com|example|jp|みんな)",
        shape in prop::sample::select(vec!["https://#", "http://#/x", "#", "www.#", "a@#", "mailto:a@#"]),
        behind in "\\PC{0,20}",
    ) {
        let address = shape.replace('#', &host);
        for text in [format!("{before} {address} {behind}"), format!("{before}\n({address})")] {
            prop_assert!(is_found(&text), "{:?}", text);
        }
    }

    #[test]
    fn a_text_without_dots_and_signs_of_addresses_has_none(text in "[^.．․。｡﹒:：@＠\\\\＼﹨]{0,60}") {
        prop_assume!(!text.chars().any(|c| "‥…⒈".contains(c) || ('⒈'..='⒛').contains(&c) || ('⑴'..='⓿').contains(&c)));
        prop_assert_eq!(find_foreign_address(&text, LOGIN_URL), None);
    }

    #[test]
    fn reading_any_text_ends(text in any::<String>(), login_url in any::<String>()) {
        let _ = find_foreign_address(&text, &login_url);
    }
}
