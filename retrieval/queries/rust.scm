; The words are explained in retrieval/syntax/__init__.py.

(impl_item type: (_) @name body: (_)? @body) @scope
(mod_item name: (identifier) @name body: (_) @body) @definition.module

(struct_item name: (type_identifier) @name body: (_)? @body) @definition.class
(enum_item name: (type_identifier) @name body: (_)? @body) @definition.class
(union_item name: (type_identifier) @name body: (_)? @body) @definition.class
(trait_item name: (type_identifier) @name bounds: (_)? @bases
  body: (_)? @body) @definition.class
(type_item name: (type_identifier) @name type: (_) @type) @definition.type

(function_item name: (identifier) @name
  return_type: (_)? @type body: (_)? @body) @definition.function
(function_signature_item name: (identifier) @name
  return_type: (_)? @type) @definition.function
(field_declaration name: (field_identifier) @name type: (_) @type) @definition.field
(enum_variant name: (identifier) @name) @definition.field
(const_item name: (identifier) @name type: (_) @type) @definition.variable
(static_item name: (identifier) @name type: (_) @type) @definition.variable
(macro_definition name: (identifier) @name) @definition.macro

(attribute_item) @attached

(use_declaration) @import
(mod_item name: (identifier) !body) @import
(extern_crate_declaration) @import

; ---- bindings

(parameter pattern: (identifier) @name type: (_) @type)
(let_declaration pattern: (identifier) @name type: (_) @type)
(let_declaration pattern: (identifier) @name
  value: (call_expression arguments: (_) @arguments) @call)
(let_declaration pattern: (identifier) @name
  value: (try_expression (call_expression arguments: (_) @arguments) @call))
(let_declaration pattern: (identifier) @name
  value: (struct_expression name: (_) @created))
(field_declaration name: (field_identifier) @member type: (_) @type)

; ---- references

(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (field_identifier) @call))
(call_expression function: (scoped_identifier name: (identifier) @call))
(macro_invocation macro: (identifier) @call)
(field_expression field: (field_identifier) @attribute)
(type_identifier) @type
(identifier) @identifier
(field_identifier) @identifier
