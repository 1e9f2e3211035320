use crate::browser::deployed;

#[tokio::test]
async fn a_mail_is_shown_in_an_empty_page_that_runs_nothing() {
    for (path, policy) in [
        (
            "/console/mail-frame",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        ),
        (
            "/console/mail-frame-images",
            "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
        ),
    ] {
        let frame = deployed(path).await;
        assert_eq!(frame.status, 200);
        assert_eq!(
            frame.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(frame.header("content-security-policy"), Some(policy));
        assert_eq!(frame.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(frame.header("x-content-type-options"), Some("nosniff"));
        assert!(frame.text().contains("<body></body>"), "{}", frame.text());
        assert!(!frame.text().contains("<script"));
    }
}
