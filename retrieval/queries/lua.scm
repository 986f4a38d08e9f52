; The words are explained in retrieval/syntax/__init__.py.

(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(function_declaration name: (dot_index_expression
  table: (_) @owner field: (identifier) @name) body: (_)? @body) @definition.method
(function_declaration name: (method_index_expression
  table: (_) @owner method: (identifier) @name) body: (_)? @body) @definition.method
(assignment_statement
  (variable_list name: (dot_index_expression table: (_) @owner field: (identifier) @name))
  (expression_list value: (function_definition body: (_)? @body))) @definition.method

(chunk (assignment_statement
  (variable_list name: (identifier) @name)) @definition.variable)

(function_call name: (identifier) @called
  arguments: (arguments . (string) .)) @import.call
