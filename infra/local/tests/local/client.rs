//! Requests to a router, and answers as JSON.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{Router, body::Body, response::Response};
use chrono::{DateTime, Utc};
use futures::FutureExt;
use reinvite_domain::{Access, GroupId, Role};
use reinvite_local::issuer::{Accounts, OperatorAccount, Operators};
use serde_json::Value;
use tower::ServiceExt;

/// The instant at which every test begins.
pub fn beginning() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// A router's answer to a request.
pub async fn ask(router: &Router, request: http::Request<Body>) -> Response {
    router.clone().oneshot(request).await.unwrap()
}

/// A `GET` as a browser on this machine sends it.
pub fn get(path: &str) -> http::Request<Body> {
    http::Request::get(path)
        .header("host", "localhost:3000")
        .body(Body::empty())
        .unwrap()
}

/// A body as JSON.
pub async fn json(response: Response) -> Value {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// An empty folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// The users of the organisation `sample`: its owner, and a group manager whose name needs escaping.
pub fn accounts() -> Accounts {
    let operators = || Operators {
        organisation: "Sample & Sons".to_owned(),
        accounts: vec![
            OperatorAccount {
                login_id: "owner".to_owned(),
                name: "Olive Owner".to_owned(),
                roles: vec![(Role::Owner, None)],
            },
            OperatorAccount {
                login_id: "\"><script>alert(1)</script>".to_owned(),
                name: "<b>Gus</b>".to_owned(),
                roles: [Access::Edit, Access::View]
                    .map(|access| (manager(access), Some("Sales/Tokyo".to_owned())))
                    .into(),
            },
        ],
        more: false,
    };
    Accounts {
        find_user: Arc::new(|organisation, login_id| {
            let is_owner = organisation == "sample" && login_id == "owner";
            async move { is_owner.then(|| "u1".to_owned()) }.boxed()
        }),
        list_operators: Arc::new(move |organisation| {
            let operators = (organisation == "sample").then(operators);
            async move { operators }.boxed()
        }),
    }
}

fn manager(access: Access) -> Role {
    let group = GroupId::new("tokyo").unwrap();
    Role::GroupManager { group, access }
}
