; The words are explained in retrieval/syntax/__init__.py.

(file_scoped_namespace_declaration name: (_) @namespace)
(namespace_declaration name: (_) @name body: (_)? @body) @definition.module

(class_declaration name: (identifier) @name
  (base_list)? @bases body: (_)? @body) @definition.class
(struct_declaration name: (identifier) @name
  (base_list)? @bases body: (_)? @body) @definition.class
(interface_declaration name: (identifier) @name
  (base_list)? @bases body: (_)? @body) @definition.class
(record_declaration name: (identifier) @name
  (base_list)? @bases body: (_)? @body) @definition.class
(enum_declaration name: (identifier) @name body: (_)? @body) @definition.class
(delegate_declaration type: (_) @type name: (identifier) @name) @definition.type

(method_declaration returns: (_) @type name: (identifier) @name
  body: (_)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_)? @body) @definition.method
(destructor_declaration name: (identifier) @name body: (_)? @body) @definition.method
(local_function_statement type: (_) @type name: (identifier) @name
  body: (_)? @body) @definition.function

(property_declaration type: (_) @type name: (identifier) @name
  accessors: (_)? @body) @definition.field
(field_declaration (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name))) @definition.field
(event_field_declaration (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name))) @definition.field
(event_declaration type: (_) @type name: (identifier) @name) @definition.field
(enum_member_declaration name: (identifier) @name) @definition.field
(record_declaration (parameter_list
  (parameter type: (_)? @type name: (identifier) @name) @definition.field))

(attribute_list) @attached

(using_directive) @import

; ---- bindings

(parameter type: (_) @type name: (identifier) @name)
(foreach_statement type: (_) @type left: (identifier) @name)
(catch_declaration type: (_) @type name: (identifier) @name)
(declaration_pattern type: (_) @type name: (identifier) @name)
(property_declaration type: (_) @type name: (identifier) @member)
(field_declaration (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @member)))
(local_declaration_statement (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name)))
(using_statement (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name)))
(variable_declaration type: (implicit_type) @type
  (variable_declarator name: (identifier) @name
    (object_creation_expression type: (_) @created)))
(variable_declaration type: (implicit_type) @type
  (variable_declarator name: (identifier) @name
    [(invocation_expression arguments: (_) @arguments) @call
     (await_expression (invocation_expression arguments: (_) @arguments) @call)]))
(assignment_expression left: [(identifier) (member_access_expression)] @name
  right: (object_creation_expression type: (_) @created))
(assignment_expression left: (member_access_expression) @name right: (identifier) @from)

; ---- references

(invocation_expression function: (identifier) @call)
(invocation_expression function: (member_access_expression name: (identifier) @call))
(invocation_expression function: (member_access_expression
  name: (generic_name (identifier) @call)))
(member_access_expression name: (identifier) @attribute)
(object_creation_expression type: (identifier) @type)
(generic_name . (identifier) @type)
(type_argument_list (identifier) @type)
(base_list (identifier) @type)
(parameter type: (identifier) @type)
(variable_declaration type: (identifier) @type)
(method_declaration returns: (identifier) @type)
(property_declaration type: (identifier) @type)
(attribute name: (identifier) @type)
(cast_expression type: (identifier) @type)
(identifier) @identifier
