//! The send rate and the daily quota of an account.

use std::time::Duration;

use aws_sdk_sesv2::{Client, types::BulkEmailStatus};
use reinvite_emulators::sesv2::Account;

use super::{bulk, entries, single, statuses};
use crate::aws::{Aws, account, clock, code, folder};

#[tokio::test(start_paused = true)]
async fn nothing_goes_out_faster_than_the_send_rate() {
    let aws = Aws::with_account(Account {
        max_send_rate: 3,
        ..account()
    });
    let client = Client::new(&aws.sdk);
    let five = statuses(bulk(&client).set_bulk_email_entries(Some(entries(5)))).await;
    let throttled = five
        .iter()
        .filter(|status| **status == BulkEmailStatus::AccountThrottled)
        .count();
    assert_eq!((five.len(), throttled), (5, 2));

    tokio::time::advance(Duration::from_millis(999)).await;
    assert_eq!(
        code(single(&client).send().await),
        "TooManyRequestsException"
    );
    let call = bulk(&client).set_bulk_email_entries(Some(entries(2)));
    assert_eq!(
        code(call.send().await),
        "TooManyRequestsException",
        "not one entry is under the rate"
    );
    tokio::time::advance(Duration::from_millis(1)).await;
    single(&client).send().await.unwrap();
    assert_eq!(aws.mails().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_daily_quota_rolls_and_outlives_a_restart() {
    let folder = folder("quota");
    let clock = clock();
    let limited = || Account {
        max_24_hour_send: Some(3),
        ..account()
    };
    let aws = Aws::open(Some(&folder), &clock, limited());
    let first =
        statuses(bulk(&Client::new(&aws.sdk)).set_bulk_email_entries(Some(entries(2)))).await;
    assert_eq!(first, [BulkEmailStatus::Success, BulkEmailStatus::Success]);
    drop(aws);

    tokio::time::advance(Duration::from_hours(1)).await;
    let aws = Aws::open(Some(&folder), &clock, limited());
    let client = Client::new(&aws.sdk);
    let second = statuses(bulk(&client).set_bulk_email_entries(Some(entries(2)))).await;
    assert_eq!(
        second,
        [
            BulkEmailStatus::Success,
            BulkEmailStatus::AccountDailyQuotaExceeded
        ]
    );
    assert_eq!(
        code(single(&client).send().await),
        "TooManyRequestsException"
    );
    let quota = client
        .get_account()
        .send()
        .await
        .unwrap()
        .send_quota
        .unwrap();
    assert_eq!(
        (
            quota.max24_hour_send(),
            quota.max_send_rate(),
            quota.sent_last24_hours()
        ),
        (3.0, 1000.0, 3.0)
    );

    tokio::time::advance(Duration::from_hours(23)).await;
    let third = statuses(bulk(&client).set_bulk_email_entries(Some(entries(2)))).await;
    assert_eq!(
        third,
        [BulkEmailStatus::Success, BulkEmailStatus::Success],
        "two of the three are a day old"
    );
    assert_eq!(aws.mails().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_unlimited_account_says_so() {
    let aws = Aws::new();
    let account = Client::new(&aws.sdk).get_account().send().await.unwrap();
    assert!(account.sending_enabled() && account.production_access_enabled());
    assert!((account.send_quota().unwrap().max24_hour_send() + 1.0).abs() < f64::EPSILON);
}
