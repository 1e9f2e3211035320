//! SQS: standard queues in AWS JSON 1.0.

mod attributes;
mod batch;
mod errors;
mod message;
mod queue;
mod receipt;
mod receive;
mod received;
mod redrive;
mod send;
mod service;
mod settle;

use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;
pub use message::MessageAttribute;
pub use received::ReceivedMessage;
pub use service::{QueueError, Sqs};

impl Sqs {
    pub(crate) async fn answer(&self, operation: &str, body: &[u8]) -> Response {
        errors::aws_json(match operation {
            "CreateQueue" => input(body).and_then(|request| self.create_queue(request)),
            "GetQueueUrl" => input(body).and_then(|request| self.get_queue_url(&request)),
            "GetQueueAttributes" => {
                input(body).and_then(|request| self.get_queue_attributes(&request))
            }
            "SetQueueAttributes" => {
                input(body).and_then(|request| self.set_queue_attributes(&request))
            }
            "SendMessage" => input(body).and_then(|request| self.send_message(&request)),
            "SendMessageBatch" => input(body).and_then(|request| self.send_message_batch(request)),
            "ReceiveMessage" => match input(body) {
                Ok(request) => self.receive_message(request).await,
                Err(refusal) => Err(refusal),
            },
            "DeleteMessage" => input(body).and_then(|request| self.delete_message(&request)),
            "DeleteMessageBatch" => {
                input(body).and_then(|request| self.delete_message_batch(request))
            }
            "ChangeMessageVisibility" => {
                input(body).and_then(|request| self.change_message_visibility(&request))
            }
            "ChangeMessageVisibilityBatch" => {
                input(body).and_then(|request| self.change_message_visibility_batch(request))
            }
            "StartMessageMoveTask" => {
                input(body).and_then(|request| self.start_message_move_task(&request))
            }
            _ => Err(Refusal::unknown_operation()),
        })
    }
}

fn input<Request: DeserializeOwned>(body: &[u8]) -> Result<Request, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request("SerializationException", error.to_string()))
}
