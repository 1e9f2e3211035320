//! `cargo bench -p reinvite-benchmarks --bench import` measures the memory, CPU and time of the directory function, a process of its
//! own, which imports 50,000 lines of another program's export in requests of 5,000. One line in a hundred is wrong and left out.
//! A number behind `--` chooses other lines.

use std::{net::Ipv4Addr, time::Instant};

use reinvite_aws::Clock;
use reinvite_benchmarks::{
    function_process::{FunctionProcess, MeasuredFunction},
    measured_resend::options,
    meter::{BenchmarkError, cpu_seconds, memory},
};
use reinvite_emulators::connector::{Fault, Observer};
use reinvite_local::{
    organisation,
    stack::{Connection, Stack},
};
use serde_json::Value;
use tokio::net::TcpListener;

/// Lines, without an argument.
const LINES: usize = 50_000;

/// The most lines of a request.
const LINES_PER_REQUEST: usize = 5_000;

/// One line in so many is wrong.
const LINES_PER_WRONG_LINE: usize = 100;

/// A request as API Gateway hands it on.
const EVENT: &str = include_str!("../../../events/directory/users-import.json");

/// The header of an export of Moodle.
const HEADER: &str = "username,password,firstname,lastname,email,lang,cohort1,suspended\n";

fn main() -> Result<(), BenchmarkError> {
    let lines = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(LINES);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(measure(lines))
}

async fn measure(lines: usize) -> Result<(), BenchmarkError> {
    let aws = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let aws_port = aws.local_addr()?.port();
    let connection = Connection::InProcess(Observer::new(|_| Fault::Pass));
    let mut stack = Stack::start(options(1, Clock::System, connection))?;
    tokio::spawn(axum::serve(aws, stack.aws.clone()).into_future());

    organisation::create(&stack).await?;
    let function = MeasuredFunction::Directory;
    let process = FunctionProcess::start(function, &mut stack, aws_port).await?;
    println!(
        "{lines} lines, one in {LINES_PER_WRONG_LINE} wrong; the directory function has {} MiB\n",
        function.memory_mib()
    );
    println!(
        "{:>8} {:>8} {:>8} {:>10} {:>10} {:>12} {:>10}",
        "lines", "created", "skipped", "peak MiB", "now MiB", "CPU s so far", "seconds"
    );

    let mut peak: f64 = 0.0;
    for first in (0..lines).step_by(LINES_PER_REQUEST) {
        let last = lines.min(first + LINES_PER_REQUEST);
        let began = Instant::now();
        let answer = import(&stack, first..last).await?;
        let seconds = began.elapsed().as_secs_f64();

        let id = process.id();
        peak = memory(&id, "VmHWM")?;
        println!(
            "{last:>8} {:>8} {:>8} {peak:>10.1} {:>10.1} {:>12.2} {seconds:>10.1}",
            answer["created"],
            answer["skippedCount"],
            memory(&id, "VmRSS")?,
            cpu_seconds(&id)?
        );
    }

    let bar = f64::from(function.memory_mib());
    if peak < bar {
        Ok(())
    } else {
        Err(format!("{peak:.1} MiB is more than the function has").into())
    }
}

/// Imports lines with one request, and checks that the wrong ones, and no others, are left out.
async fn import(stack: &Stack, lines: std::ops::Range<usize>) -> Result<Value, BenchmarkError> {
    let wrong = lines.clone().filter(|number| is_wrong(*number)).count();
    let good = lines.len() - wrong;
    let file = HEADER.to_owned() + &lines.map(line).collect::<String>();

    let mut event: Value = serde_json::from_str(EVENT)?;
    event["rawQueryString"] = "unknownColumns=ignore&onError=skip".into();
    event["queryStringParameters"] =
        serde_json::json!({"unknownColumns": "ignore", "onError": "skip"});
    event["body"] = file.into();
    let response = stack.functions.invoke("directory", event).await?;

    let body = response["body"].as_str().unwrap_or_default();
    let answer: Value = serde_json::from_str(body)?;
    if answer["created"] == good && answer["skippedCount"] == wrong {
        Ok(answer)
    } else {
        Err(format!("the import is answered with {response}").into())
    }
}

fn is_wrong(number: usize) -> bool {
    number % LINES_PER_WRONG_LINE == LINES_PER_WRONG_LINE / 2
}

fn line(number: usize) -> String {
    let domain = if is_wrong(number) {
        "nowhere"
    } else {
        "example.com"
    };
    format!(
        "user{number:06},secret,Given {number},Family,user{number:06}@{domain},en,Year {},0\n",
        number % 10
    )
}
