; The words are explained in retrieval/syntax/__init__.py.

(package_declaration [(identifier) (scoped_identifier)] @namespace)

(class_declaration name: (identifier) @name
  superclass: (_)? @bases interfaces: (_)? @bases body: (_)? @body) @definition.class
(interface_declaration name: (identifier) @name
  (extends_interfaces)? @bases body: (_)? @body) @definition.class
(enum_declaration name: (identifier) @name
  interfaces: (_)? @bases body: (_)? @body) @definition.class
(record_declaration name: (identifier) @name
  interfaces: (_)? @bases body: (_)? @body) @definition.class
(annotation_type_declaration name: (identifier) @name body: (_)? @body) @definition.class

(method_declaration type: (_) @type name: (identifier) @name
  body: (_)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_)? @body) @definition.method
(compact_constructor_declaration name: (identifier) @name
  body: (_)? @body) @definition.method
(annotation_type_element_declaration type: (_) @type
  name: (identifier) @name) @definition.method

(field_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @name)) @definition.field
(constant_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @name)) @definition.field
(enum_constant name: (identifier) @name) @definition.field
(record_declaration parameters: (formal_parameters
  (formal_parameter type: (_) @type name: (identifier) @name) @definition.field))

(modifiers [(annotation) (marker_annotation)] @attached)

(import_declaration) @import

; ---- bindings

(formal_parameter type: (_) @type name: (identifier) @name)
(spread_parameter . (_) @type (variable_declarator name: (identifier) @name))
(spread_parameter (modifiers) . (_) @type (variable_declarator name: (identifier) @name))
(enhanced_for_statement type: (_) @type name: (identifier) @name)
(catch_formal_parameter (catch_type) @type name: (identifier) @name)
(resource type: (_) @type name: (identifier) @name)
(instanceof_expression right: (_) @type name: (identifier) @name)
(field_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @member))
(local_variable_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @name))
(local_variable_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @name
    value: (object_creation_expression type: (_) @created)))
(local_variable_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @name
    value: (method_invocation arguments: (_) @arguments) @call))

; ---- references

(method_invocation name: (identifier) @call)
(field_access field: (identifier) @attribute)
(method_reference (_) (identifier) @attribute)
(type_identifier) @type
[(marker_annotation name: (identifier) @type) (annotation name: (identifier) @type)]
(identifier) @identifier
