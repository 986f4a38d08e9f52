; The words are explained in retrieval/syntax/__init__.py.

(class_declaration name: (user_type) @name body: (_)? @body) @scope
(class_declaration name: (type_identifier) @name (inheritance_specifier)* @bases
  body: (_)? @body) @definition.class
(protocol_declaration name: (_) @name (inheritance_specifier)* @bases
  body: (_)? @body) @definition.class
(typealias_declaration . name: (type_identifier) @name) @definition.type

(function_declaration name: (simple_identifier) @name
  body: (_)? @body) @definition.function
(protocol_function_declaration name: (simple_identifier) @name) @definition.method

(class_body (property_declaration name: (pattern (simple_identifier) @name)
  (type_annotation)? @type) @definition.field)
(source_file (property_declaration name: (pattern (simple_identifier) @name)
  (type_annotation)? @type) @definition.variable)
(enum_entry name: (simple_identifier) @name) @definition.field

(attribute) @attached

(import_declaration) @import
