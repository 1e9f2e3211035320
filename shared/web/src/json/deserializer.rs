use reinvite_domain::{JsonType, Rule};
use serde::{
    Deserializer,
    de::{
        DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::StringDeserializer,
    },
};

use serde_json::Number;

use super::{Json, JsonError};

/// Reads whole numbers of one type.
macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
            let max = u64::try_from(<$type>::MAX).unwrap_or(u64::MAX);
            let min = i64::try_from(<$type>::MIN).unwrap_or_default();
            let integer = self.integer(min, max)?;
            let out_of_range = |_| JsonError::value(Rule::OutOfRange { min, max });
            visitor.$visit(<$type>::try_from(integer).map_err(out_of_range)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Json {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Number(number) => visit_number(&number, visitor),
            Self::Text(text) => visitor.visit_string(text),
            Self::List(values) => visitor.visit_seq(List::new(values)),
            Self::Object(fields) => visitor.visit_map(Object::of(fields, None)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Bool(value) => visitor.visit_bool(value),
            _ => Err(JsonError::wrong_type(JsonType::Boolean)),
        }
    }

    integers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Number(number) => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            _ => Err(JsonError::wrong_type(JsonType::Number)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            _ => Err(JsonError::wrong_type(JsonType::Text)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Null => visitor.visit_unit(),
            _ => Err(JsonError::wrong_type(JsonType::Null)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::List(values) => visitor.visit_seq(List::new(values)),
            _ => Err(JsonError::wrong_type(JsonType::List)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Object(fields) => visitor.visit_map(Object::of(fields, None)),
            _ => Err(JsonError::wrong_type(JsonType::Object)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self {
            Self::Object(values) => visitor.visit_map(Object::of(values, Some(fields))),
            _ => Err(JsonError::wrong_type(JsonType::Object)),
        }
    }

    /// Reads the name of a value. No request has an enum with fields.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self {
            Self::Text(name) => visitor.visit_enum(name.into_deserializer()),
            _ => Err(JsonError::wrong_type(JsonType::Text)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_unit()
    }
}

/// Visits a number as the narrowest of the types that serde knows.
fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, JsonError> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or_default())
    }
}

/// The values of a list; an error names the position.
struct List {
    values: std::iter::Enumerate<std::vec::IntoIter<Json>>,
}

impl List {
    fn new(values: Vec<Json>) -> Self {
        Self {
            values: values.into_iter().enumerate(),
        }
    }
}

impl<'de> SeqAccess<'de> for List {
    type Error = JsonError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, JsonError> {
        self.values
            .next()
            .map(|(index, value)| {
                seed.deserialize(value)
                    .map_err(|error| error.below(index.to_string()))
            })
            .transpose()
    }
}

/// The fields of an object; an error names the field.
struct Object {
    fields: std::vec::IntoIter<(String, Json)>,
    /// The field whose name was read and whose value was not.
    current: Option<(String, Json)>,
    /// The names that it may have, if it is a structure. A request has no others, although a stored item may:
    /// a later version of Reinvite may have written it.
    names: Option<&'static [&'static str]>,
}

impl Object {
    fn of(fields: Vec<(String, Json)>, names: Option<&'static [&'static str]>) -> Self {
        Self {
            fields: fields.into_iter(),
            current: None,
            names,
        }
    }
}

impl<'de> MapAccess<'de> for Object {
    type Error = JsonError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, JsonError> {
        self.current = self.fields.next();
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        if self
            .names
            .is_some_and(|names| !names.contains(&name.as_str()))
        {
            return Err(JsonError::shape(Rule::UnknownField).below(name));
        }

        let key: StringDeserializer<JsonError> = name.clone().into_deserializer();
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.below(name))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, JsonError> {
        let (name, value) = self.current.take().unwrap_or((String::new(), Json::Null));
        seed.deserialize(value).map_err(|error| error.below(name))
    }
}
