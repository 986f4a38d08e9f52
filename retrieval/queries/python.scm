; The words are explained in retrieval/syntax/__init__.py.

(class_definition
  name: (identifier) @name
  superclasses: (argument_list)? @bases
  body: (block)? @body) @definition.class

(function_definition
  name: (identifier) @name
  return_type: (type)? @type
  body: (block)? @body) @definition.function

(type_alias_statement left: (type) @name) @definition.type

(module (expression_statement
  (assignment left: (identifier) @name type: (type)? @type)) @definition.variable)

(class_definition body: (block (expression_statement
  (assignment left: (identifier) @name type: (type)? @type)) @definition.field))

(ERROR (expression_statement
  (assignment left: (identifier) @name type: (type)? @type)) @definition.variable)

(assignment
  left: (attribute object: (identifier) @self attribute: (identifier) @name)
  type: (type)? @type
  right: [(call arguments: (_) @arguments) @call (identifier) @from]?) @definition.member

(decorator) @attached

[(import_statement) (import_from_statement) (future_import_statement)] @import

; ---- bindings

(typed_parameter . [(identifier) @name (list_splat_pattern (identifier) @name)
  (dictionary_splat_pattern (identifier) @name)] type: (type) @type)
(typed_default_parameter name: (identifier) @name type: (type) @type)
(assignment left: [(identifier) (attribute)] @name type: (type) @type)
(assignment left: [(identifier) (attribute)] @name
  right: (call arguments: (_) @arguments) @call)
(assignment left: [(identifier) (attribute)] @name
  right: (await (call arguments: (_) @arguments) @call))
(named_expression name: (identifier) @name
  value: (call arguments: (_) @arguments) @call)
(assignment left: [(identifier) (attribute)] @name right: (identifier) @from)

; ---- references

(call function: (identifier) @call)
(call function: (attribute attribute: (identifier) @call))
(attribute attribute: (identifier) @attribute)
(type (identifier) @type)
(type (generic_type (identifier) @type))
(type (binary_operator (identifier) @type))
(class_definition superclasses: (argument_list (identifier) @type))
(identifier) @identifier
