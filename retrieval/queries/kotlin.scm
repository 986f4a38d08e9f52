; The words are explained in retrieval/syntax/__init__.py.

(package_header (identifier) @namespace)

(class_declaration (type_identifier) @name (delegation_specifier)* @bases
  [(class_body) (enum_class_body)]? @body) @definition.class
(object_declaration (type_identifier) @name (delegation_specifier)* @bases
  (class_body)? @body) @definition.class
(type_alias (type_identifier) @name) @definition.type

(function_declaration (simple_identifier) @name (function_value_parameters)
  [(user_type) (nullable_type)]? @type (function_body)? @body) @definition.function

(class_body (property_declaration (variable_declaration
  (simple_identifier) @name [(user_type) (nullable_type)]? @type)) @definition.field)
(source_file (property_declaration (variable_declaration
  (simple_identifier) @name [(user_type) (nullable_type)]? @type)) @definition.variable)
(class_parameter (binding_pattern_kind) (simple_identifier) @name
  [(user_type) (nullable_type)] @type) @definition.field
(enum_entry (simple_identifier) @name) @definition.field

(annotation) @attached

(import_header) @import
