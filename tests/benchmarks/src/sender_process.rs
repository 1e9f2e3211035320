//! The sender's own binary as a process of its own: Lambda's runtime API here hands it the work of the stack, and it
//! reaches AWS at a port of loopback. So its CPU and memory are nobody else's.

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

use crate::meter::Failure;

/// How long Lambda lets the sender run (the template).
const TIMEOUT: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

type Answer = oneshot::Sender<Result<Value, String>>;

/// Invocations that wait for the process, and those it has.
struct Invocations {
    waiting: Mutex<mpsc::UnboundedReceiver<(Value, Answer)>>,
    taken: std::sync::Mutex<(u64, HashMap<u64, Answer>)>,
    clock: Clock,
}

/// The running process; it ends when this is dropped.
pub struct SenderProcess(Child);

impl Drop for SenderProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl SenderProcess {
    /// Builds the binary, starts it, and gives the stack's work of the sender to it. The stack's AWS is at `aws_port`.
    pub async fn start(stack: &mut Stack, aws_port: u16) -> Result<Self, Failure> {
        let binary = build()?;
        let (send, waiting) = mpsc::unbounded_channel();
        let invocations = Arc::new(Invocations {
            waiting: Mutex::new(waiting),
            taken: std::sync::Mutex::default(),
            clock: stack.clock.clone(),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let api = listener.local_addr()?.to_string();
        tokio::spawn(axum::serve(listener, runtime_api(invocations)).into_future());
        stack.functions = handed_on(&stack.functions, send);
        let child = Command::new(binary)
            .env_clear()
            .envs(environment(&api, aws_port))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> String {
        self.0.id().to_string()
    }
}

/// Built together with a benchmark: alone it would want its dependencies with other features, and all of them built again.
fn build() -> Result<PathBuf, Failure> {
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

fn handed_on(functions: &Functions, send: mpsc::UnboundedSender<(Value, Answer)>) -> Functions {
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

/// What Lambda tells a function on its runtime API, as far as it is asked.
fn runtime_api(invocations: Arc<Invocations>) -> Router {
    let api = "/2018-06-01/runtime/invocation";
    Router::new()
        .route(&format!("{api}/next"), get(next))
        .route(&format!("{api}/{{id}}/response"), post(responded))
        .route(&format!("{api}/{{id}}/error"), post(failed))
        .with_state(invocations)
}

async fn next(State(invocations): State<Arc<Invocations>>) -> Result<Response, StatusCode> {
    let (event, answer) = invocations
        .waiting
        .lock()
        .await
        .recv()
        .await
        .ok_or(StatusCode::GONE)?;
    let id = {
        let mut taken = invocations
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let id = taken.0 + 1;
        taken.0 = id;
        taken.1.insert(id, answer);
        id
    };
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

async fn failed(
    State(invocations): State<Arc<Invocations>>,
    Path(id): Path<u64>,
    body: String,
) -> StatusCode {
    invocations.answer(id, Err(body))
}

impl Invocations {
    fn answer(&self, id: u64, answer: Result<Value, String>) -> StatusCode {
        let waiting = self
            .taken
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

/// What the template gives the sender, with the local stack in AWS's place.
fn environment(runtime_api: &str, aws_port: u16) -> Vec<(&'static str, String)> {
    let endpoint = format!("http://127.0.0.1:{aws_port}");
    vec![
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.into()),
        ("AWS_LAMBDA_FUNCTION_NAME", "sender".into()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "sender".into()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "sender".into()),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".into()),
        ("AWS_REGION", arn::REGION.into()),
        ("AWS_ACCESS_KEY_ID", "local".into()),
        ("AWS_SECRET_ACCESS_KEY", "local".into()),
        ("DIRECTORY_TABLE", "Directory".into()),
        ("RESENDS_TABLE", "Resends".into()),
        ("QUEUE_URL", format!("{endpoint}/{}/Work", arn::ACCOUNT)),
        ("SCHEDULE_GROUP", "Schedules".into()),
        ("SENDER_ARN", arn::function("sender")),
        ("SCHEDULER_ROLE_ARN", arn::role("SchedulerRole")),
        ("DEAD_LETTER_ARN", arn::queue("DeadLetters")),
        ("LOGIN_URL", "https://learn.example.com/login".into()),
        ("FROM_ADDRESS", "invitations@example.com".into()),
        ("CREDENTIALS", "table".into()),
        ("KEY_SECRET", "StageKey".into()),
        (
            "INVITATION_URL",
            "https://invitations.example.com/v1/invitations".into(),
        ),
        ("AWS_ENDPOINT_URL", endpoint),
    ]
}
