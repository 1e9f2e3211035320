//! The program itself, with its standard output as a pipe.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use crate::client::folder;

/// Starts the program in memory, on ports that the system chooses.
fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_reinvite-local"))
        .args(arguments)
        .args(["--in-memory", "--port", "0", "--aws-port", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_reader_that_leaves_after_the_first_line_ends_the_program_quietly() {
    let mut program = start(&["--once"]);

    let mut first = String::new();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    output.read_line(&mut first).unwrap();
    assert!(first.starts_with("Console http://127.0.0.1:"), "{first}");
    drop(output);

    let mut errors = String::new();
    let mut standard_error = program.stderr.take().unwrap();
    standard_error.read_to_string(&mut errors).unwrap();
    assert!(program.wait().unwrap().success(), "{errors}");
    assert_eq!(errors, "");
}

#[test]
fn serve_loads_the_users_of_the_file_and_does_not_invite_them() {
    let folder = folder("serve");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("people.csv");
    std::fs::write(&file, "login_id,email\nmika,mika@example.jp\nrin,\n").unwrap();

    let mut program = start(&["serve", "--users", file.to_str().unwrap()]);
    let output = BufReader::new(program.stdout.take().unwrap());
    let lines: Vec<_> = output
        .lines()
        .map(Result::unwrap)
        .take_while(|line| !line.starts_with("Stop"))
        .collect();
    program.kill().unwrap();
    program.wait().unwrap();

    let users = "Users   2 created, 0 updated, 0 unchanged".to_owned();
    assert!(lines.contains(&users), "{lines:?}");
    let is_resend = |line: &String| line.starts_with("Resend");
    assert!(!lines.iter().any(is_resend), "{lines:?}");
}

#[test]
fn serve_refuses_a_file_that_it_cannot_read() {
    let program = start(&["serve", "--users", "no-such-file.csv"]);
    let ended = program.wait_with_output().unwrap();

    let errors = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success());
    assert!(
        errors.starts_with("reinvite-local: no-such-file.csv cannot be read: "),
        "{errors}"
    );
}

#[test]
fn serve_invokes_functions_on_this_machine_only() {
    let program = start(&["serve", "--functions", "http://192.0.2.1:3001"]);
    let ended = program.wait_with_output().unwrap();

    let errors = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success());
    assert!(
        errors.contains("'--functions <URL>'") && errors.contains("a loopback address"),
        "{errors}"
    );
}
