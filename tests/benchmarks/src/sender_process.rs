//! The sender's binary as a process of its own, so that its CPU and memory can be measured alone. It takes its events from
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
use http::StatusCode;
use reinvite_aws::Clock;
use reinvite_emulators::{arn, lambda::Functions};
use reinvite_local::stack::Stack;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, oneshot},
};

use crate::{meter::BenchmarkError, sender_environment::environment};

/// The time that Lambda gives the sender (the template).
const TIMEOUT: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// Takes the sender's answer to an event.
type Answer = oneshot::Sender<Result<Value, String>>;

/// Invocations that wait for the process, and those that it works on.
struct Invocations {
    waiting: Mutex<mpsc::UnboundedReceiver<(Value, Answer)>>,
    /// The last id, and the invocations that the process works on.
    running: std::sync::Mutex<(u64, HashMap<u64, Answer>)>,
    clock: Clock,
}

/// The running process. Dropping it ends the process.
pub struct SenderProcess(Child);

impl Drop for SenderProcess {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl SenderProcess {
    /// Builds and starts the binary, and sends it the stack's events for the sender. The emulated AWS listens at `aws_port`.
    pub async fn start(stack: &mut Stack, aws_port: u16) -> Result<Self, BenchmarkError> {
        let binary = build()?;
        let (send, waiting) = mpsc::unbounded_channel();
        let invocations = Arc::new(Invocations {
            waiting: Mutex::new(waiting),
            running: std::sync::Mutex::default(),
            clock: stack.clock.clone(),
        });

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let api = listener.local_addr()?.to_string();
        tokio::spawn(axum::serve(listener, runtime_api(invocations)).into_future());
        stack.functions = forwarding(&stack.functions, send);

        let child = Command::new(binary)
            .env_clear()
            .envs(environment(&api, aws_port))
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

/// Builds the sender together with a benchmark. Alone it would ask for other features of its dependencies, and cargo would
/// compile all of them again.
fn build() -> Result<PathBuf, BenchmarkError> {
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
            "reinvite-sender",
            "--bin",
            "reinvite-sender",
            "--target-dir",
        ])
        .arg(target)
        .status()?;

    if built.success() {
        Ok(profile.join("reinvite-sender"))
    } else {
        Err("the sender is not built".into())
    }
}

/// Functions in which the events for the sender go to a channel.
fn forwarding(functions: &Functions, send: mpsc::UnboundedSender<(Value, Answer)>) -> Functions {
    functions.clone().with("sender", move |event: Value| {
        let send = send.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            send.send((event, answer))
                .map_err(|error| error.to_string())?;
            answered.await.map_err(|error| error.to_string())?
        }
    })
}

/// The part of Lambda's runtime API that the sender calls.
fn runtime_api(invocations: Arc<Invocations>) -> Router {
    let api = "/2018-06-01/runtime/invocation";
    Router::new()
        .route(&format!("{api}/next"), get(next))
        .route(&format!("{api}/{{id}}/response"), post(responded))
        .route(&format!("{api}/{{id}}/error"), post(failed))
        .with_state(invocations)
}

/// Hands the next event to the sender.
async fn next(State(invocations): State<Arc<Invocations>>) -> Result<Response, StatusCode> {
    let (event, answer) = invocations
        .waiting
        .lock()
        .await
        .recv()
        .await
        .ok_or(StatusCode::GONE)?;
    let id = invocations.begin(answer);
    let deadline = (invocations.clock.now() + TIMEOUT).timestamp_millis();

    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", deadline)
        .header(
            "lambda-runtime-invoked-function-arn",
            arn::function("sender"),
        )
        .body(Body::from(event.to_string()))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Takes the sender's answer.
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

/// Takes the sender's error.
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
