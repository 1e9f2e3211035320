//! The dashboard shows every metric, and none that does not exist.

use std::collections::BTreeSet;

use reinvite_domain::{METRIC_NAMESPACE, Metric, STAGE_DIMENSION};
use serde_json::Value;

use crate::template::{file, resources, text};

/// The body, with logical ids and parameters in place of their values.
fn body() -> Value {
    let dashboards = resources("AWS::CloudWatch::Dashboard");
    assert_eq!(dashboards.len(), 1);
    let body = text(&dashboards["Dashboard"]["DashboardBody"]);
    serde_json::from_str(&body).unwrap()
}

/// A metric of Reinvite in a widget, with its dimensions.
fn own_metric(row: &Value) -> Option<(String, Vec<String>)> {
    let owned = |text: &Value| text.as_str().unwrap().to_string();
    if row[0] == METRIC_NAMESPACE {
        // Namespace, name, and pairs of a dimension and its value; options may follow.
        let pairs = row.as_array().unwrap()[2..].chunks(2);
        let dimensions = pairs
            .filter(|pair| pair.len() == 2)
            .map(|pair| owned(&pair[0]));
        return Some((owned(&row[1]), dimensions.collect()));
    }

    let expression = row[0]["expression"].as_str()?;
    let (schema, terms) = expression.strip_prefix("SEARCH('{")?.split_once("} ")?;
    let mut schema = schema.split(',').map(str::to_string);
    assert_eq!(
        schema.next().as_deref(),
        Some(METRIC_NAMESPACE),
        "{expression}"
    );
    assert!(terms.contains("Stage=\"${Stage}\""), "{expression}");
    let name = terms.split("MetricName=\"").nth(1)?.split('"').next()?;
    Some((name.to_string(), schema.collect()))
}

#[test]
fn the_dashboard_shows_every_metric_with_its_unit_and_dimensions() {
    let body = body();
    let mut shown = BTreeSet::new();

    for widget in body["widgets"].as_array().unwrap() {
        let properties = &widget["properties"];
        for row in properties["metrics"].as_array().unwrap() {
            let Some((name, dimensions)) = own_metric(row) else {
                continue;
            };
            let metric = Metric::ALL.iter().find(|metric| metric.name() == name);
            let metric = metric.unwrap_or_else(|| panic!("{name} does not exist"));

            let expected = [&[STAGE_DIMENSION], metric.dimensions()].concat();
            assert_eq!(dimensions, expected, "{name}");
            assert_eq!(
                properties["yAxis"]["left"]["label"],
                metric.unit().name(),
                "{name}"
            );
            shown.insert(name);
        }
    }

    let all = Metric::ALL.iter().map(|metric| metric.name().to_string());
    assert_eq!(shown, all.collect());
}

#[test]
fn the_dashboard_shows_every_function_and_queue() {
    let body = body().to_string();
    for function in resources("AWS::Serverless::Function").keys() {
        assert!(body.contains(&format!("${{{function}}}")), "{function}");
    }
    for queue in resources("AWS::SQS::Queue").keys() {
        assert!(body.contains(&format!("${{{queue}.QueueName}}")), "{queue}");
    }
}

#[test]
fn the_operating_guide_lists_every_metric_with_its_unit_and_dimensions() {
    let guide = file("docs/operating.md");
    for metric in Metric::ALL {
        let dimensions = metric.dimensions().iter().map(|name| format!("`{name}` "));
        let dimensions: Vec<_> = dimensions.collect();
        let dimensions = dimensions.join("").replace("` `", "`, `");
        let row = format!(
            "| `{}` | {} | {dimensions}|",
            metric.name(),
            metric.unit().name()
        );
        assert!(guide.contains(&row), "{row}");
    }
}
