use axum::http::Uri;
use reinvite_domain::Rule;

/// The longest login URL, in bytes.
const MAX_LOGIN_URL_BYTES: usize = 2_000;

/// Checks that a login URL is `https` and names one of the deployment's login hosts.
///
/// Braces and quotes are rejected, because the URL becomes a value of a template.
pub fn check_login_url(url: &str, login_hosts: &[String]) -> Result<(), Rule> {
    let is_plain = url.len() <= MAX_LOGIN_URL_BYTES && !url.contains(['{', '}', '"', '\'']);
    let parsed: Option<Uri> = url.parse().ok().filter(|_| is_plain);
    let authority = parsed
        .as_ref()
        .filter(|url| url.scheme_str() == Some("https"))
        .and_then(Uri::authority);

    let is_known = authority.is_some_and(|authority| {
        !authority.as_str().contains('@')
            && login_hosts
                .iter()
                .any(|host| host.eq_ignore_ascii_case(authority.host()))
    });
    if is_known {
        Ok(())
    } else {
        Err(Rule::LoginUrl {
            hosts: login_hosts.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_url_is_of_the_deployment() {
        for (url, is_good) in [
            ("https://learn.example.com/login?a=b", true),
            ("https://LEARN.example.com", true),
            ("http://learn.example.com/", false),
            ("https://learn.example.com.example.org/", false),
            ("https://learn.example.com@example.org/", false),
            ("https://learn.example.com:443@example.org/", false),
            ("javascript://learn.example.com/", false),
            ("/login", false),
            ("https://learn.example.com/{{ user.email }}", false),
        ] {
            let checked = check_login_url(url, &["learn.example.com".into()]);
            assert_eq!(checked.is_ok(), is_good, "{url}");
        }
    }
}
