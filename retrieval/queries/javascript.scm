; The words are explained in retrieval/syntax/__init__.py.

(class_declaration name: (identifier) @name (class_heritage)? @bases
  body: (class_body)? @body) @definition.class
(variable_declarator name: (identifier) @name
  value: (class (class_heritage)? @bases body: (class_body) @body)) @definition.class

(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(generator_function_declaration name: (identifier) @name
  body: (_)? @body) @definition.function
(variable_declarator name: (identifier) @name
  value: [(arrow_function body: (statement_block)? @body)
          (function_expression body: (_) @body)]) @definition.function
(assignment_expression left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function body: (statement_block) @body)
          (function_expression body: (_) @body)]) @definition.function
(program (expression_statement (assignment_expression
  left: (member_expression object: (identifier) @exports
    property: (property_identifier) @name))) @definition.exported)

(method_definition name: (_) @name body: (_)? @body) @definition.method
(field_definition property: (_) @name
  value: [(arrow_function body: (statement_block)? @body)
          (function_expression body: (_) @body)]) @definition.method
(field_definition property: (_) @name) @definition.field
(assignment_expression
  left: (member_expression object: (this) @self
    property: (property_identifier) @name)) @definition.member

(program (lexical_declaration
  (variable_declarator name: (identifier) @name)) @definition.variable)
(program (variable_declaration
  (variable_declarator name: (identifier) @name)) @definition.variable)
(export_statement (lexical_declaration
  (variable_declarator name: (identifier) @name)) @definition.variable)

(decorator) @attached

(import_statement) @import
(export_statement source: (string)) @import
(call_expression function: [(identifier) (import)] @called
  arguments: (arguments . (string) .)) @import.call

; ---- bindings

(variable_declarator name: (identifier) @name
  value: (new_expression constructor: (_) @created))
(variable_declarator name: (identifier) @name
  value: (call_expression arguments: (_) @arguments) @call)
(variable_declarator name: (identifier) @name
  value: (await_expression (call_expression arguments: (_) @arguments) @call))
(assignment_pattern left: (identifier) @name
  right: (new_expression constructor: (_) @created))
(field_definition property: (property_identifier) @member
  value: (new_expression constructor: (_) @created))
(assignment_expression left: [(identifier) (member_expression object: (this))] @name
  right: (new_expression constructor: (_) @created))
(assignment_expression left: [(identifier) (member_expression object: (this))] @name
  right: (call_expression arguments: (_) @arguments) @call)

; ---- references

(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (property_identifier) @call))
(new_expression constructor: (identifier) @type)
(class_heritage (identifier) @type)
(member_expression property: (property_identifier) @attribute)
(identifier) @identifier
(shorthand_property_identifier) @identifier
