; The words are explained in retrieval/syntax/__init__.py.

(package_clause (package_identifier) @namespace)

(type_declaration (type_spec name: (type_identifier) @name
  type: [(struct_type (field_declaration_list) @body) (interface_type) @body])
  ) @definition.class
(type_declaration (type_spec name: (type_identifier) @name) @definition.type)
(type_declaration (type_alias name: (type_identifier) @name) @definition.type)

(function_declaration name: (identifier) @name
  result: (_)? @type body: (_)? @body) @definition.function
(method_declaration receiver: (_) @owner name: (field_identifier) @name
  result: (_)? @type body: (_)? @body) @definition.method
(interface_type (method_elem name: (field_identifier) @name
  result: (_)? @type) @definition.method)
(field_declaration name: (field_identifier) @name type: (_) @type) @definition.field

(source_file (const_declaration (const_spec name: (identifier) @name
  type: (_)? @type) @definition.variable))
(source_file (var_declaration (var_spec name: (identifier) @name
  type: (_)? @type) @definition.variable))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name
  type: (_)? @type) @definition.variable)))

(import_spec) @import

; ---- bindings

(parameter_declaration name: (identifier) @name type: (_) @type)
(var_spec name: (identifier) @name type: (_) @type)
(short_var_declaration left: (expression_list . (identifier) @name)
  right: (expression_list . (composite_literal type: (_) @type)))
(short_var_declaration left: (expression_list . (identifier) @name)
  right: (expression_list . (unary_expression
    operand: (composite_literal type: (_) @type))))
(short_var_declaration left: (expression_list . (identifier) @name)
  right: (expression_list . (call_expression arguments: (_) @arguments) @call))
(var_spec name: (identifier) @name
  value: (expression_list . (call_expression arguments: (_) @arguments) @call))

; ---- references

(call_expression function: (identifier) @call)
(call_expression function: (selector_expression field: (field_identifier) @call))
(selector_expression field: (field_identifier) @attribute)
(type_identifier) @type
(identifier) @identifier
(field_identifier) @identifier
