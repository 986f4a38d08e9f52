; The words are explained in retrieval/syntax/__init__.py.

(namespace_definition name: (namespace_name) @namespace)

(class_declaration name: (name) @name
  (base_clause)? @bases (class_interface_clause)? @bases body: (_)? @body) @definition.class
(interface_declaration name: (name) @name
  (base_clause)? @bases body: (_)? @body) @definition.class
(trait_declaration name: (name) @name body: (_)? @body) @definition.class
(enum_declaration name: (name) @name
  (class_interface_clause)? @bases body: (_)? @body) @definition.class

(function_definition name: (name) @name
  return_type: (_)? @type body: (_)? @body) @definition.function
(method_declaration name: (name) @name
  return_type: (_)? @type body: (_)? @body) @definition.method

(property_declaration type: (_)? @type
  (property_element name: (variable_name) @name)) @definition.field
(property_promotion_parameter type: (_)? @type
  name: (variable_name) @name) @definition.member
(enum_case name: (name) @name) @definition.field
(const_declaration (const_element . (name) @name)) @definition.constant
(program (expression_statement (assignment_expression
  left: (variable_name) @name)) @definition.variable)

(attribute_list) @attached

(namespace_use_declaration) @import
[(require_expression) (require_once_expression)
 (include_expression) (include_once_expression)] @import

; ---- bindings

(simple_parameter type: (_) @type name: (variable_name) @name)
(property_promotion_parameter type: (_) @type name: (variable_name) @name)
(property_promotion_parameter type: (_) @type name: (variable_name) @member)
(property_declaration type: (_) @type (property_element name: (variable_name) @member))
(catch_clause type: (_) @type name: (variable_name) @name)
(assignment_expression left: [(variable_name) (member_access_expression)] @name
  right: (object_creation_expression . [(name) (qualified_name)] @created))
(assignment_expression left: [(variable_name) (member_access_expression)] @name
  right: [(function_call_expression arguments: (_) @arguments)
          (member_call_expression arguments: (_) @arguments)
          (scoped_call_expression arguments: (_) @arguments)] @call)
(assignment_expression left: (member_access_expression) @name right: (variable_name) @from)

; ---- references

(function_call_expression function: (name) @call)
(function_call_expression function: (qualified_name (name) @call))
(member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(scoped_call_expression scope: (name) @type)
(class_constant_access_expression . (name) @type)
(class_constant_access_expression (_) . (name) @attribute)
(scoped_property_access_expression scope: (name) @type)
(member_access_expression name: (name) @attribute)
(object_creation_expression (name) @type)
(object_creation_expression (qualified_name (name) @type))
(named_type (name) @type)
(named_type (qualified_name (name) @type))
(base_clause (name) @type)
(class_interface_clause (name) @type)
(name) @identifier
