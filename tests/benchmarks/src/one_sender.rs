//! A stack whose sender is a process of its own, and a resend on it in real time.

use std::{net::Ipv4Addr, time::Duration};

use reinvite_aws::Clock;
use reinvite_emulators::connector::{Fault, Observer};
use reinvite_local::{
    caller::Caller,
    organisation,
    stack::{Connection, Stack},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    function_process::{FunctionProcess, MeasuredFunction},
    measured_resend::{create, load, options, under_way},
    meter::{BenchmarkError, cpu_seconds},
};

/// Mails a second: no wave waits for its slot.
const SEND_RATE: u32 = 1_000_000;

/// The time between two reads of the resend.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The stack, and the sender beside it.
pub struct OneSender {
    /// The sender. It is dropped before the stack that it calls.
    pub sender: FunctionProcess,
    /// The stack.
    pub stack: Stack,
    /// The port of the emulated AWS.
    pub aws_port: u16,
    owner: Caller,
    running: JoinHandle<()>,
}

impl Drop for OneSender {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// CPU seconds of the sender in a resend.
pub struct CpuSeconds {
    /// Preparing: from the creation of the resend to its start.
    pub preparing: f64,
    /// Sending: from the start to the end.
    pub sending: f64,
}

impl OneSender {
    /// Starts the stack with users, and the sender. The other functions reach AWS without a socket.
    pub async fn start(users: usize) -> Result<Self, BenchmarkError> {
        let aws = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let aws_port = aws.local_addr()?.port();
        let connection = Connection::InProcess(Observer::new(|_| Fault::Pass));
        let mut stack = Stack::start(options(SEND_RATE, Clock::System, connection))?;
        tokio::spawn(axum::serve(aws, stack.aws.clone()).into_future());

        let owner = Caller::new(stack.front.clone(), organisation::create(&stack).await?);
        load(&owner, users).await?;
        let sender = FunctionProcess::start(MeasuredFunction::Sender, &mut stack, aws_port).await?;

        let running = stack.clone();
        let running = tokio::spawn(async move { running.run().await });
        Ok(Self {
            sender,
            stack,
            aws_port,
            owner,
            running,
        })
    }

    /// Resends to all users. Calls `progress` at each poll with the number of accepted mails.
    pub async fn resend(
        &self,
        mut progress: impl FnMut(u64) -> Result<(), BenchmarkError>,
    ) -> Result<CpuSeconds, BenchmarkError> {
        let process = self.sender.id();
        let began = cpu_seconds(&process)?;
        let path = create(&self.owner).await?;
        let mut prepared = None;

        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            let resend = self.owner.get(&path).await?;
            let state = resend["state"].as_str().unwrap_or_default();
            if state != "preparing" && prepared.is_none() {
                prepared = Some(cpu_seconds(&process)?);
            }

            progress(self.stack.services.ses.mailbox().count()?)?;

            if !under_way(state) {
                let (prepared, ended) = (prepared.unwrap_or(began), cpu_seconds(&process)?);
                if state != "completed" {
                    return Err(format!("the resend is {state}").into());
                }
                return Ok(CpuSeconds {
                    preparing: prepared - began,
                    sending: ended - prepared,
                });
            }
        }
    }
}
