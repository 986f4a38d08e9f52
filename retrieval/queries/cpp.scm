; The words are explained in retrieval/syntax/__init__.py.

(namespace_definition name: (_) @name body: (_)? @body) @definition.module

(class_specifier name: (_) @name (base_class_clause)? @bases
  body: (_) @body) @definition.class
(struct_specifier name: (_) @name (base_class_clause)? @bases
  body: (_) @body) @definition.class
(union_specifier name: (_) @name body: (_) @body) @definition.class
(enum_specifier name: (_) @name body: (_) @body) @definition.class
(type_definition
  type: [(struct_specifier body: (_) @body) (union_specifier body: (_) @body)
         (enum_specifier body: (_) @body)]
  declarator: (type_identifier) @name) @definition.class
(type_definition declarator: [(type_identifier) @name
  (pointer_declarator declarator: (type_identifier) @name)
  (function_declarator declarator: (parenthesized_declarator
    (pointer_declarator declarator: (type_identifier) @name)))]) @definition.type
(alias_declaration name: (type_identifier) @name type: (_) @type) @definition.type
(concept_definition name: (identifier) @name) @definition.type

(function_definition type: (_)? @type
  declarator: [(function_declarator declarator: (_) @name)
    (pointer_declarator declarator: (function_declarator declarator: (_) @name))
    (pointer_declarator declarator: (pointer_declarator
      declarator: (function_declarator declarator: (_) @name)))
    (reference_declarator (function_declarator declarator: (_) @name))
    (operator_cast) @name]
  body: (_)? @body) @definition.function
(declaration type: (_)? @type
  declarator: [(function_declarator
      declarator: [(identifier) (qualified_identifier) (destructor_name) (operator_name)] @name)
    (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
    (reference_declarator (function_declarator declarator: (identifier) @name))]
  ) @definition.declared
(field_declaration type: (_)? @type
  declarator: [(function_declarator declarator: [(field_identifier) (operator_name)] @name)
    (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))
    (reference_declarator (function_declarator declarator: (_) @name))]) @definition.declared
(field_declaration type: (_) @type
  declarator: [(field_identifier) @name
    (pointer_declarator declarator: (field_identifier) @name)
    (reference_declarator (field_identifier) @name)
    (array_declarator declarator: (field_identifier) @name)]) @definition.field
(enumerator name: (identifier) @name) @definition.field

(translation_unit (declaration type: (_) @type
  declarator: [(identifier) @name (init_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)
    (init_declarator declarator: (_ declarator: (identifier) @name))]) @definition.variable)
(declaration_list (declaration type: (_) @type
  declarator: [(identifier) @name (init_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)
    (init_declarator declarator: (_ declarator: (identifier) @name))]) @definition.variable)

(preproc_def name: (identifier) @name) @definition.macro
(preproc_function_def name: (identifier) @name) @definition.macro

(template_parameter_list) @attached
(preproc_include) @import

; ---- bindings

(parameter_declaration type: (_) @type
  declarator: [(identifier) @name (reference_declarator (identifier) @name)
    (pointer_declarator declarator: (identifier) @name)])
(optional_parameter_declaration type: (_) @type
  declarator: [(identifier) @name (reference_declarator (identifier) @name)
    (pointer_declarator declarator: (identifier) @name)])
(field_declaration type: (_) @type
  declarator: [(field_identifier) @member
    (pointer_declarator declarator: (field_identifier) @member)
    (reference_declarator (field_identifier) @member)])
(declaration type: (_) @type
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)])
(declaration type: (_) @type declarator: (init_declarator
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)
    (reference_declarator (identifier) @name)]))
(declaration type: (_) @type declarator: (init_declarator
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)
    (reference_declarator (identifier) @name)]
  value: (new_expression type: (_) @created)))
(declaration type: (_) @type declarator: (init_declarator
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)
    (reference_declarator (identifier) @name)]
  value: (call_expression arguments: (_) @arguments) @call))
(declaration type: (placeholder_type_specifier) declarator: (init_declarator
  declarator: (identifier) @name
  value: (compound_literal_expression type: (_) @created)))
(for_range_loop type: (_) @type
  declarator: [(identifier) @name (reference_declarator (identifier) @name)])

; ---- references

(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (field_identifier) @call))
(call_expression function: (qualified_identifier name: (identifier) @call))
(call_expression function: (template_function name: (identifier) @call))
(field_expression field: (field_identifier) @attribute)
(type_identifier) @type
(identifier) @identifier
(field_identifier) @identifier
(namespace_identifier) @identifier
