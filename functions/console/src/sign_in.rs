//! The way in which operators sign in: the code flow with PKCE, as a public client.

use reinvite_aws::Environment;
use serde::Serialize;
use strum::EnumString;

use crate::origin::Origin;

/// The token that the API takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ApiToken {
    /// The access token.
    Access,
    /// The ID token, if only that names the organisation.
    Id,
}

/// The sign-in, as the page has it in its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The `iss` of the tokens.
    pub issuer: String,
    /// The sign-in page.
    pub authorization_endpoint: String,
    /// The address that exchanges codes and renews tokens.
    pub token_endpoint: String,
    /// The address that ends the session at the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// The public client.
    pub client_id: String,
    /// The scopes, separated by blanks.
    pub scope: String,
    /// The token that the API takes.
    pub token: ApiToken,
}

impl SignIn {
    /// Reads the sign-in: `Some(None)` if `SIGN_IN_CLIENT_ID` is absent, and `None` if a variable is missing or wrong.
    ///
    /// An endpoint is an https URL, or a path of the page's own origin, which only a page on loopback takes: that is how the
    /// local stack has it.
    pub fn read(environment: &mut Environment) -> Option<Option<Self>> {
        let Some(client_id) = environment.optional("SIGN_IN_CLIENT_ID") else {
            return Some(None);
        };
        let issuer = environment.required("SIGN_IN_ISSUER");
        let authorization = endpoint(environment, "SIGN_IN_AUTHORIZATION_ENDPOINT");
        let token = endpoint(environment, "SIGN_IN_TOKEN_ENDPOINT");
        let scope = environment.required("SIGN_IN_SCOPE");
        let end_session = environment.optional("SIGN_IN_END_SESSION_ENDPOINT");
        let end_session = end_session
            .map(|_| endpoint(environment, "SIGN_IN_END_SESSION_ENDPOINT"))
            .map_or(Some(None), |endpoint| endpoint.map(Some));
        let api_token = match environment.optional("SIGN_IN_TOKEN") {
            None => Some(ApiToken::Access),
            Some(_) => environment.parsed("SIGN_IN_TOKEN"),
        };

        Some(Some(Self {
            issuer: issuer?,
            authorization_endpoint: authorization?,
            token_endpoint: token?,
            end_session_endpoint: end_session?,
            client_id,
            scope: scope?,
            token: api_token?,
        }))
    }

    /// The sign-in of a page at `origin`, with complete addresses in place of paths; `None` if it cannot sign in there.
    #[must_use]
    pub fn at(&self, own: Origin<'_>) -> Option<Self> {
        Some(Self {
            authorization_endpoint: own.complete(&self.authorization_endpoint)?,
            token_endpoint: own.complete(&self.token_endpoint)?,
            end_session_endpoint: match &self.end_session_endpoint {
                Some(endpoint) => Some(own.complete(endpoint)?),
                None => None,
            },
            ..self.clone()
        })
    }

    /// The origin of the token endpoint; `None` if it is the page's own.
    #[must_use]
    pub fn foreign_origin(&self) -> Option<&str> {
        let (scheme, rest) = self.token_endpoint.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next()?;
        self.token_endpoint
            .get(..scheme.len() + "://".len() + host.len())
    }
}

/// A variable that must be set to an https URL, or to a path.
fn endpoint(environment: &mut Environment, name: &str) -> Option<String> {
    let text = environment.required(name)?;
    let url = if text.starts_with('/') && !text.starts_with("//") {
        text
    } else {
        environment.https_url(name)?
    };

    // Its origin becomes a part of a header, in which these would begin another directive.
    let is_plain = !url.contains([';', ',']) && url.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain {
        environment.problem(format!("{name} must be a plain URL"));
    }
    is_plain.then_some(url)
}

#[cfg(test)]
mod tests {
    use reinvite_aws::Variables;

    use super::*;

    fn variables(changed: &[(&str, &str)]) -> Variables {
        [
            ("SIGN_IN_ISSUER", "https://issuer.example.com/pool"),
            ("SIGN_IN_CLIENT_ID", "console"),
            (
                "SIGN_IN_AUTHORIZATION_ENDPOINT",
                "https://login.example.com/oauth2/authorize",
            ),
            (
                "SIGN_IN_TOKEN_ENDPOINT",
                "https://login.example.com/oauth2/token",
            ),
            ("SIGN_IN_SCOPE", "openid"),
        ]
        .iter()
        .chain(changed)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
    }

    fn read(changed: &[(&str, &str)]) -> Result<Option<SignIn>, String> {
        Environment::read(&variables(changed), SignIn::read).map_err(|error| error.to_string())
    }

    #[test]
    fn a_deployment_without_a_client_has_no_sign_in() {
        assert_eq!(read(&[("SIGN_IN_CLIENT_ID", "")]), Ok(None));
    }

    #[test]
    fn absent_variables_have_defaults_and_wrong_ones_are_reported_together() {
        let sign_in = read(&[]).unwrap().unwrap();
        assert_eq!(sign_in.token, ApiToken::Access);
        assert_eq!(sign_in.end_session_endpoint, None);
        assert_eq!(sign_in.foreign_origin(), Some("https://login.example.com"));
        let with_id_token = read(&[("SIGN_IN_TOKEN", "id")]).unwrap().unwrap();
        assert_eq!(with_id_token.token, ApiToken::Id);

        let problems = read(&[
            ("SIGN_IN_SCOPE", ""),
            ("SIGN_IN_TOKEN", "refresh"),
            ("SIGN_IN_TOKEN_ENDPOINT", "http://login.example.com/token"),
            ("SIGN_IN_END_SESSION_ENDPOINT", "//login.example.com/logout"),
            (
                "SIGN_IN_AUTHORIZATION_ENDPOINT",
                "https://a.example.com;script-src *",
            ),
        ])
        .unwrap_err();
        for name in [
            "SCOPE",
            "TOKEN ",
            "TOKEN_ENDPOINT",
            "END_SESSION",
            "AUTHORIZATION",
        ] {
            assert!(
                problems.contains(&format!("SIGN_IN_{name}")),
                "{name}: {problems}"
            );
        }
    }

    #[test]
    fn a_path_is_an_address_of_the_pages_own_origin_on_loopback_only() {
        let local = read(&[
            ("SIGN_IN_AUTHORIZATION_ENDPOINT", "/local/authorize"),
            ("SIGN_IN_TOKEN_ENDPOINT", "/local/token"),
        ]);
        let local = local.unwrap().unwrap();
        assert_eq!(local.foreign_origin(), None);

        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
            let there = local.at(Origin(host)).unwrap();
            assert_eq!(there.token_endpoint, format!("http://{host}/local/token"));
        }
        assert_eq!(local.at(Origin("console.example.com")), None);
        let deployed = read(&[]).unwrap().unwrap();
        assert_eq!(
            deployed.at(Origin("console.example.com")),
            Some(deployed.clone())
        );
    }
}
