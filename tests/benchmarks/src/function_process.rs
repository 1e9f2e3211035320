//! A function's binary as a process of its own, so that its CPU and memory can be measured alone. It takes its events from
//! Lambda's runtime API, which this module serves, and reaches AWS at a port of loopback.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    path::{Path as FilePath, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use chrono::TimeDelta;
use http::StatusCode;
use reinvite_aws::Clock;
use reinvite_emulators::{arn, lambda::Functions};
use reinvite_local::stack::Stack;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, oneshot},
};

use crate::{function_environment::environment, meter::BenchmarkError};

/// A function that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasuredFunction {
    /// The function that sends mails.
    Sender,
    /// The function that imports users.
    Directory,
}

impl MeasuredFunction {
    /// The name of the function.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Directory => "directory",
        }
    }

    /// The memory that Lambda gives the function, in MiB (the template).
    #[must_use]
    pub const fn memory_mib(self) -> u32 {
        match self {
            Self::Sender => 1_024,
            Self::Directory => 512,
        }
    }

    /// The seconds that Lambda gives the function (the template).
    const fn timeout_seconds(self) -> i64 {
        match self {
            Self::Sender => 60,
            Self::Directory => 29,
        }
    }
}

/// Takes the function's answer to an event.
type Answer = oneshot::Sender<Result<Value, String>>;

/// Invocations that wait for the process, and those that it works on.
struct Invocations {
    waiting: Mutex<mpsc::UnboundedReceiver<(Value, Answer)>>,
    /// The last id, and the invocations that the process works on.
    running: std::sync::Mutex<(u64, HashMap<u64, Answer>)>,
    clock: Clock,
    function: MeasuredFunction,
}

/// The running process. Dropping it ends the process.
pub struct FunctionProcess(Child);

impl Drop for FunctionProcess {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl FunctionProcess {
    /// Builds and starts the binary, and sends it the stack's events for the function. The emulated AWS listens at `aws_port`.
    pub async fn start(
        function: MeasuredFunction,
        stack: &mut Stack,
        aws_port: u16,
    ) -> Result<Self, BenchmarkError> {
        let binary = build(function)?;
        let (send, waiting) = mpsc::unbounded_channel();
        let invocations = Arc::new(Invocations {
            waiting: Mutex::new(waiting),
            running: std::sync::Mutex::default(),
            clock: stack.clock.clone(),
            function,
        });

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let api = listener.local_addr()?.to_string();
        tokio::spawn(axum::serve(listener, runtime_api(invocations)).into_future());
        stack.functions = forwarding(function, &stack.functions, send);

        let child = Command::new(binary)
            .env_clear()
            .envs(environment(
                function.name(),
                function.memory_mib(),
                &api,
                aws_port,
            ))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> String {
        self.0.id().to_string()
    }
}

/// Builds a function together with a benchmark. Alone it would ask for other features of its dependencies, and cargo would
/// compile all of them again.
fn build(function: MeasuredFunction) -> Result<PathBuf, BenchmarkError> {
    let own = std::env::current_exe()?;
    let profile = own
        .parent()
        .and_then(FilePath::parent)
        .ok_or("the benchmark is in no folder of cargo's")?;
    let target = profile
        .parent()
        .ok_or("the benchmark is in no folder of cargo's")?;
    let name = if profile.ends_with("debug") {
        "dev"
    } else {
        "bench"
    };

    let binary = format!("reinvite-{}", function.name());
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--profile",
            name,
            "--manifest-path",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .args([
            "-p",
            "reinvite-benchmarks",
            "--bench",
            "resend",
            "-p",
            &binary,
            "--bin",
            &binary,
            "--target-dir",
        ])
        .arg(target)
        .status()?;

    if built.success() {
        Ok(profile.join(binary))
    } else {
        Err("the function is not built".into())
    }
}

/// Functions in which the events for one of them go to a channel.
fn forwarding(
    function: MeasuredFunction,
    functions: &Functions,
    send: mpsc::UnboundedSender<(Value, Answer)>,
) -> Functions {
    functions
        .clone()
        .with(function.name(), move |event: Value| {
            let send = send.clone();
            async move {
                let (answer, answered) = oneshot::channel();
                send.send((event, answer))
                    .map_err(|error| error.to_string())?;
                answered.await.map_err(|error| error.to_string())?
            }
        })
}

/// The part of Lambda's runtime API that a function calls.
fn runtime_api(invocations: Arc<Invocations>) -> Router {
    let api = "/2018-06-01/runtime/invocation";
    Router::new()
        .route(&format!("{api}/next"), get(next))
        .route(&format!("{api}/{{id}}/response"), post(responded))
        .route(&format!("{api}/{{id}}/error"), post(failed))
        .with_state(invocations)
}

/// Hands the next event to the function.
async fn next(State(invocations): State<Arc<Invocations>>) -> Result<Response, StatusCode> {
    let (event, answer) = invocations
        .waiting
        .lock()
        .await
        .recv()
        .await
        .ok_or(StatusCode::GONE)?;
    let id = invocations.begin(answer);
    let timeout = TimeDelta::seconds(invocations.function.timeout_seconds());
    let deadline = (invocations.clock.now() + timeout).timestamp_millis();

    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", deadline)
        .header(
            "lambda-runtime-invoked-function-arn",
            arn::function(invocations.function.name()),
        )
        .body(Body::from(event.to_string()))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Takes the function's answer.
async fn responded(
    State(invocations): State<Arc<Invocations>>,
    Path(id): Path<u64>,
    body: axum::body::Bytes,
) -> StatusCode {
    invocations.answer(
        id,
        serde_json::from_slice(&body).map_err(|error| error.to_string()),
    )
}

/// Takes the function's error.
async fn failed(
    State(invocations): State<Arc<Invocations>>,
    Path(id): Path<u64>,
    body: String,
) -> StatusCode {
    invocations.answer(id, Err(body))
}

impl Invocations {
    /// Records an invocation that the process works on; returns its id.
    fn begin(&self, answer: Answer) -> u64 {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.0 += 1;

        let id = running.0;
        running.1.insert(id, answer);
        id
    }

    /// Hands an answer to the caller of its invocation.
    fn answer(&self, id: u64, answer: Result<Value, String>) -> StatusCode {
        let waiting = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .remove(&id);
        match waiting.map(|waiting| waiting.send(answer)) {
            Some(_) => StatusCode::ACCEPTED,
            None => StatusCode::NOT_FOUND,
        }
    }
}
