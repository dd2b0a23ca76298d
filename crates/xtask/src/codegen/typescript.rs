//! TypeScript types from the OpenAPI document: one exported type for each schema, and one entry for
//! each operation with its parameters, body and answers.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::tree::field;

const HEAD: &str =
    "// Written by `cargo xtask codegen` from the API's own description. Do not edit.\n";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The whole module as text.
pub(super) fn write(openapi: &Value) -> Result<String> {
    let mut text = String::from(HEAD);
    let schemas = field(field(openapi, "components"), "schemas")
        .as_object()
        .context("OpenAPI has schemas")?;
    for (name, schema) in schemas {
        text.push('\n');
        push_comment(&mut text, "", schema);
        writeln!(
            text,
            "export type {} = {};",
            type_name(name),
            type_of(schema, 0)
        )?;
    }
    text.push_str("\n/** Each operation by its id. */\nexport interface Operations {\n");
    let paths = field(openapi, "paths")
        .as_object()
        .context("OpenAPI has paths")?;
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                push_operation(&mut text, path, method, operation)?;
            }
        }
    }
    text.push_str("}\n");
    Ok(text)
}

fn push_operation(text: &mut String, path: &str, method: &str, operation: &Value) -> Result<()> {
    let id = field(operation, "operationId")
        .as_str()
        .context("an operation has an id")?;
    let body = json_schema(field(operation, "requestBody"));
    let body = if body.is_null() {
        "undefined".to_owned()
    } else {
        type_of(body, 1)
    };
    let answer = answer_of(operation);
    writeln!(text, "  {id}: {{")?;
    writeln!(text, "    method: '{}';", method.to_uppercase())?;
    writeln!(text, "    path: '{path}';")?;
    writeln!(text, "    body: {body};")?;
    writeln!(text, "    answer: {answer};")?;
    writeln!(text, "  }};")?;
    Ok(())
}

/// The schema of a JSON body, of a request or an answer.
fn json_schema(holder: &Value) -> &Value {
    field(
        field(field(holder, "content"), "application/json"),
        "schema",
    )
}

/// The type of the first answer of success that has a body.
fn answer_of(operation: &Value) -> String {
    let Some(responses) = field(operation, "responses").as_object() else {
        return "undefined".to_owned();
    };
    responses
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(_, response)| json_schema(response))
        .find(|schema| !schema.is_null())
        .map_or_else(|| "undefined".to_owned(), |schema| type_of(schema, 1))
}

/// The TypeScript form of a schema; `depth` is the indentation of what stands inside.
fn type_of(schema: &Value, depth: usize) -> String {
    if let Some(reference) = field(schema, "$ref").as_str() {
        return type_name(reference.rsplit('/').next().unwrap_or(reference));
    }
    if let Some(values) = field(schema, "enum").as_array() {
        return join(
            values
                .iter()
                .map(Value::to_string)
                .map(|text| text.replace('"', "'")),
        );
    }
    if let Some(value) = schema.get("const") {
        return value.to_string().replace('"', "'");
    }
    for (key, separator) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(parts) = field(schema, key).as_array() {
            let parts: Vec<String> = parts.iter().map(|part| type_of(part, depth)).collect();
            return parts.join(separator);
        }
    }
    match field(schema, "type") {
        Value::String(name) => simple_type(name, schema, depth),
        Value::Array(names) => join(
            names
                .iter()
                .filter_map(Value::as_str)
                .map(|name| simple_type(name, schema, depth)),
        ),
        _ if field(schema, "properties").is_object() => object_type(schema, depth),
        _ => "unknown".to_owned(),
    }
}

fn simple_type(name: &str, schema: &Value, depth: usize) -> String {
    match name {
        "integer" | "number" => "number".to_owned(),
        "string" => "string".to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => {
            let item = type_of(field(schema, "items"), depth);
            if item.contains(' ') {
                format!("({item})[]")
            } else {
                format!("{item}[]")
            }
        }
        _ => object_type(schema, depth),
    }
}

fn object_type(schema: &Value, depth: usize) -> String {
    let Some(properties) = field(schema, "properties")
        .as_object()
        .filter(|found| !found.is_empty())
    else {
        return map_type(schema, depth);
    };
    let mut text = String::from("{\n");
    let indent = "  ".repeat(depth + 1);
    for (name, property) in properties {
        push_comment(&mut text, &indent, property);
        let mark = if is_required(schema, name) { "" } else { "?" };
        let name = property_name(name);
        let kind = type_of(property, depth + 1);
        text.extend([indent.as_str(), &name, mark, ": ", &kind, ";\n"]);
    }
    text.push_str(&"  ".repeat(depth));
    text.push('}');
    text
}

fn map_type(schema: &Value, depth: usize) -> String {
    match schema.get("additionalProperties") {
        Some(value) if value.is_object() => format!("Record<string, {}>", type_of(value, depth)),
        Some(Value::Bool(false)) => "Record<string, never>".to_owned(),
        _ => "Record<string, unknown>".to_owned(),
    }
}

fn is_required(schema: &Value, name: &str) -> bool {
    field(schema, "required")
        .as_array()
        .is_some_and(|names| names.iter().any(|required| required.as_str() == Some(name)))
}

fn push_comment(text: &mut String, indent: &str, schema: &Value) {
    let Some(description) = schema_description(schema) else {
        return;
    };
    let line = description
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("*/", "* /");
    text.extend([indent, "/** ", &line, " */\n"]);
}

fn schema_description(schema: &Value) -> Option<&str> {
    let object: &Map<String, Value> = schema.as_object()?;
    object
        .get("description")?
        .as_str()
        .filter(|text| !text.is_empty())
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" | ")
}

fn type_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn property_name(name: &str) -> String {
    let is_plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_plain {
        name.to_owned()
    } else {
        format!("'{name}'")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn object_has_required_and_optional_fields() {
        let schema = json!({
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string"},
                "name": {"type": ["string", "null"]},
                "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}}
            }
        });
        let text = type_of(&schema, 0);
        assert_eq!(
            text,
            "{\n  id: string;\n  name?: string | null;\n  tags?: Tag[];\n}"
        );
    }

    #[test]
    fn enumeration_is_a_union_of_words() {
        assert_eq!(
            type_of(&json!({"type": "string", "enum": ["a", "b"]}), 0),
            "'a' | 'b'"
        );
    }

    #[test]
    fn operation_names_method_path_body_and_answer() {
        let openapi = json!({
            "components": {"schemas": {"Site": {"type": "object", "properties": {}}}},
            "paths": {"/api/site": {"post": {
                "operationId": "create_site",
                "requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Site"}}}},
                "responses": {"204": {}, "201": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Site"}}}}}
            }}}
        });
        let text = write(&openapi).expect("a valid document");
        assert!(text.contains("create_site: {\n    method: 'POST';\n    path: '/api/site';"));
        assert!(text.contains("body: Site;\n    answer: Site;"));
    }
}
