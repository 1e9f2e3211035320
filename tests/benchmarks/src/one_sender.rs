//! One resend in real time by a sender that is a process of its own.

use std::{net::Ipv4Addr, time::Duration};

use reinvite_aws::Clock;
use reinvite_emulators::connector::{Fault, Observer};
use reinvite_local::{
    caller::Caller,
    main_job,
    stack::{Connection, Stack},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    measured::{create, load, options, under_way},
    meter::{Failure, cpu_seconds},
    sender_process::SenderProcess,
};

/// So fast that nothing waits for its slot.
const RATE: u32 = 1_000_000;

/// How often it is looked how far the sender is.
const LOOK: Duration = Duration::from_millis(50);

/// The stack, and the sender beside it.
pub struct OneSender {
    /// The sender. It ends before the stack does, which it would miss.
    pub sender: SenderProcess,
    /// The stack.
    pub stack: Stack,
    /// Where AWS is.
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
pub struct Spent {
    /// Preparing: from making the resend to its start.
    pub preparing: f64,
    /// Sending.
    pub sending: f64,
}

impl OneSender {
    /// Starts both, with so many users. The other functions reach AWS without a socket.
    pub async fn start(users: usize) -> Result<Self, Failure> {
        let aws = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let aws_port = aws.local_addr()?.port();
        let connection = Connection::InProcess(Observer::new(|_| Fault::Pass));
        let mut stack = Stack::start(options(RATE, Clock::System, connection))?;
        tokio::spawn(axum::serve(aws, stack.aws.clone()).into_future());
        let owner = Caller::new(stack.front.clone(), main_job::organisation(&stack).await?);
        load(&owner, users).await?;
        let sender = SenderProcess::start(&mut stack, aws_port).await?;
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

    /// Resends to all users; `progress` is called often with the mails accepted so far.
    pub async fn resend(
        &self,
        mut progress: impl FnMut(u64) -> Result<(), Failure>,
    ) -> Result<Spent, Failure> {
        let process = self.sender.id();
        let began = cpu_seconds(&process)?;
        let path = create(&self.owner).await?;
        let mut prepared = None;
        loop {
            tokio::time::sleep(LOOK).await;
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
                return Ok(Spent {
                    preparing: prepared - began,
                    sending: ended - prepared,
                });
            }
        }
    }
}
