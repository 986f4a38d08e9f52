; The words are explained in retrieval/syntax/__init__.py. TSX and TypeScript share them.

(class_declaration
  name: (type_identifier) @name (class_heritage)? @bases
  body: (class_body)? @body) @definition.class
(abstract_class_declaration
  name: (type_identifier) @name (class_heritage)? @bases
  body: (class_body)? @body) @definition.class
(variable_declarator name: (identifier) @name
  value: (class (class_heritage)? @bases body: (class_body) @body)) @definition.class
(interface_declaration
  name: (type_identifier) @name [(extends_type_clause) (extends_clause)]? @bases
  body: (_)? @body) @definition.class
(enum_declaration name: (identifier) @name body: (_)? @body) @definition.class
(type_alias_declaration name: (type_identifier) @name) @definition.type
(internal_module name: [(identifier) (nested_identifier)] @name
  body: (_)? @body) @definition.module
(module name: [(identifier) (nested_identifier)] @name body: (_)? @body) @definition.module

(function_declaration name: (identifier) @name
  return_type: (_)? @type body: (_)? @body) @definition.function
(generator_function_declaration name: (identifier) @name
  return_type: (_)? @type body: (_)? @body) @definition.function
(function_signature name: (identifier) @name return_type: (_)? @type) @definition.function
(variable_declarator name: (identifier) @name
  value: [(arrow_function return_type: (_)? @type body: (statement_block)? @body)
          (function_expression return_type: (_)? @type body: (_) @body)]) @definition.function

(method_definition name: (_) @name
  return_type: (_)? @type body: (_)? @body) @definition.method
(method_signature name: (_) @name return_type: (_)? @type) @definition.method
(abstract_method_signature name: (_) @name return_type: (_)? @type) @definition.method
(public_field_definition name: (_) @name
  value: [(arrow_function return_type: (_)? @type body: (statement_block)? @body)
          (function_expression return_type: (_)? @type body: (_) @body)]) @definition.method
(public_field_definition name: (_) @name type: (_)? @type
  value: (new_expression constructor: (_) @created)?) @definition.field
(required_parameter [(accessibility_modifier) "readonly"] pattern: (identifier) @name
  type: (_)? @type) @definition.member
(property_signature name: (_) @name type: (_)? @type) @definition.field
(enum_body name: (_) @name @definition.field)
(enum_body (enum_assignment name: (_) @name) @definition.field)

(program (lexical_declaration
  (variable_declarator name: (identifier) @name type: (_)? @type)) @definition.variable)
(program (variable_declaration
  (variable_declarator name: (identifier) @name type: (_)? @type)) @definition.variable)
(export_statement (lexical_declaration
  (variable_declarator name: (identifier) @name type: (_)? @type)) @definition.variable)
(ambient_declaration (_
  (variable_declarator name: (identifier) @name type: (_)? @type)) @definition.variable)

(decorator) @attached

(import_statement) @import
(export_statement source: (string)) @import
(call_expression function: [(identifier) (import)] @called
  arguments: (arguments . (string) .)) @import.call

; ---- bindings

(required_parameter pattern: (identifier) @name type: (_) @type)
(optional_parameter pattern: (identifier) @name type: (_) @type)
(required_parameter pattern: (identifier) @name
  value: (new_expression constructor: (_) @created))
(variable_declarator name: (identifier) @name type: (_) @type)
(variable_declarator name: (identifier) @name
  value: (new_expression constructor: (_) @created))
(variable_declarator name: (identifier) @name
  value: (call_expression arguments: (_) @arguments) @call)
(variable_declarator name: (identifier) @name
  value: (await_expression (call_expression arguments: (_) @arguments) @call))
(variable_declarator name: (identifier) @name
  value: [(as_expression (_) (_) @type) (satisfies_expression (_) (_) @type)])
(public_field_definition name: (property_identifier) @member type: (_) @type)
(public_field_definition name: (property_identifier) @member
  value: (new_expression constructor: (_) @created))
(required_parameter [(accessibility_modifier) "readonly"]
  pattern: (identifier) @member type: (_) @type)
(assignment_expression left: [(identifier) (member_expression object: (this))] @name
  right: (new_expression constructor: (_) @created))
(assignment_expression left: [(identifier) (member_expression object: (this))] @name
  right: (call_expression arguments: (_) @arguments) @call)
(assignment_expression left: (member_expression object: (this)) @name
  right: (identifier) @from)

; ---- references

(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (property_identifier) @call))
(new_expression constructor: (identifier) @type)
(member_expression property: (property_identifier) @attribute)
(type_identifier) @type
(extends_clause value: (identifier) @type)
(identifier) @identifier
(shorthand_property_identifier) @identifier
