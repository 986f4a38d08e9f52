; The words are explained in retrieval/syntax/__init__.py.

(struct_specifier name: (_) @name body: (_) @body) @definition.class
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

(function_definition type: (_)? @type
  declarator: [(function_declarator declarator: (_) @name)
    (pointer_declarator declarator: (function_declarator declarator: (_) @name))
    (pointer_declarator declarator: (pointer_declarator
      declarator: (function_declarator declarator: (_) @name)))]
  body: (_)? @body) @definition.function
(declaration type: (_)? @type
  declarator: [(function_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))]
  ) @definition.declared
(field_declaration type: (_) @type
  declarator: [(field_identifier) @name
    (pointer_declarator declarator: (field_identifier) @name)
    (array_declarator declarator: (field_identifier) @name)
    (function_declarator declarator: (parenthesized_declarator
      (pointer_declarator declarator: (field_identifier) @name)))]) @definition.field
(enumerator name: (identifier) @name) @definition.field

(translation_unit (declaration type: (_) @type
  declarator: [(identifier) @name (init_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)
    (init_declarator declarator: (_ declarator: (identifier) @name))]) @definition.variable)
(preproc_ifdef (declaration type: (_) @type
  declarator: [(identifier) @name (init_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)]) @definition.variable)

(preproc_def name: (identifier) @name) @definition.macro
(preproc_function_def name: (identifier) @name) @definition.macro

(preproc_include) @import

; ---- bindings

(parameter_declaration type: (_) @type
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @name))
    (array_declarator declarator: (identifier) @name)])
(declaration type: (_) @type
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)])
(declaration type: (_) @type declarator: (init_declarator
  declarator: [(identifier) @name (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)]))

; ---- references

(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (field_identifier) @call))
(field_expression field: (field_identifier) @attribute)
(type_identifier) @type
(identifier) @identifier
(field_identifier) @identifier
