//! The page for integrators is right: the test runs its commands with the real `curl` against the stack.

use std::{net::Ipv4Addr, process::Stdio};

use reinvite_test_kit::{World, WorldOptions};
use tokio::{io::AsyncWriteExt, net::TcpListener, process::Command};

/// The commands of the page, and the output that the page shows for them.
fn blocks(page: &str) -> (String, String) {
    let (mut script, mut printed) = (String::new(), String::new());

    for (index, block) in page
        .split("```")
        .enumerate()
        .filter(|(index, _)| index % 2 == 1)
    {
        let (language, text) = block.split_once('\n').unwrap();
        match language {
            "sh" => script += text,
            "" => printed += text,
            other => panic!("block {index} is {other}"),
        }
    }

    (script, printed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_for_integrators_prints_what_it_says() {
    let world = World::with(WorldOptions::real_time()).await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let front = world.stack.front.clone();
    let served = tokio::spawn(async move { axum::serve(listener, front).await });
    let (script, expected) = blocks(include_str!("../../../../docs/integrating.md"));
    let folder = tempfile::tempdir().unwrap();

    let mut bash = Command::new("bash")
        .args(["-euo", "pipefail"])
        .current_dir(folder.path())
        .env("REINVITE", format!("http://{address}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    bash.stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .await
        .unwrap();
    let output = bash.wait_with_output().await.unwrap();
    served.abort();

    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{errors}"
    );
}
