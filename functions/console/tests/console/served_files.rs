use std::io::Cursor;

use reinvite_console::assets::ASSETS;
use serde_json::{Value, json};

use crate::browser::{Answer, DEPLOYED, console, deployed, get};

/// The addresses of files in the page.
fn addresses(page: &Answer) -> Vec<String> {
    page.text()
        .split('"')
        .filter(|text| text.starts_with("/console/assets/"))
        .map(str::to_owned)
        .collect()
}

async fn file(address: &str, encodings: &str) -> Answer {
    let encodings = ("accept-encoding", encodings);
    get(
        &console(&DEPLOYED),
        "console.example.com",
        address,
        encodings,
    )
    .await
}

#[tokio::test]
async fn every_file_that_the_page_names_is_there_for_a_year() {
    let addresses = addresses(&deployed("/").await);
    let types: Vec<_> = addresses
        .iter()
        .map(|address| address.rsplit_once('.').unwrap().1)
        .collect();
    assert_eq!(types, ["svg", "css", "js", "js"], "{addresses:?}");

    for address in addresses {
        let file = file(&address, "gzip").await;
        assert_eq!(file.status, 200, "{address}");
        assert_eq!(
            file.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(file.header("vary"), Some("Accept-Encoding"));
        assert_eq!(file.header("content-encoding"), None);
        let expected = match address.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(file.header("content-type"), Some(expected), "{address}");
    }
}

#[tokio::test]
async fn a_file_is_the_same_compressed_and_as_it_is() {
    for asset in ASSETS {
        assert!(asset.media_type().is_some(), "{}", asset.name);
        let address = format!("/console/assets/{}", asset.served_as);

        let plain = file(&address, "gzip, br;q=0").await;
        let compressed = file(&address, "gzip, br").await;
        assert_eq!(compressed.header("content-encoding"), Some("br"));
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut Cursor::new(compressed.body), &mut read).unwrap();
        assert!(read == plain.body, "{}", asset.name);
    }
}

#[tokio::test]
async fn another_content_has_another_name() {
    let [app] = ASSETS
        .iter()
        .filter(|asset| asset.name == "app.js")
        .collect::<Vec<_>>()[..]
    else {
        panic!("one file has the name app.js")
    };
    let hash = app.served_as.strip_prefix("app-").unwrap();
    let hash = hash.strip_suffix(".js").unwrap();
    assert_eq!(hash.len(), 16);

    for wrong in [
        "app.js".to_owned(),
        format!("app-{}.js", "0".repeat(16)),
        format!("sub/{}", app.served_as),
        "SOURCES".to_owned(),
    ] {
        let answer = file(&format!("/console/assets/{wrong}"), "br").await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
}

#[tokio::test]
async fn api_gateway_gets_a_compressed_file_in_base64_and_a_page_as_text() {
    let address = addresses(&deployed("/").await).pop().unwrap();
    let event = |path: &str| {
        json!({
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"accept-encoding": "br", "host": "console.example.com"},
            "requestContext": {"http": {"method": "GET", "path": path}, "requestId": "r", "stage": "$default"},
        })
    };
    let console = console(&DEPLOYED);
    let file = reinvite_web::answer(&console, event(&address))
        .await
        .unwrap();
    assert_eq!(file["isBase64Encoded"], Value::Bool(true));
    let page = reinvite_web::answer(&console, event("/")).await.unwrap();
    assert_eq!(page["isBase64Encoded"], Value::Bool(false));
    assert!(
        page["body"]
            .as_str()
            .unwrap()
            .starts_with("<!doctype html>")
    );
}
