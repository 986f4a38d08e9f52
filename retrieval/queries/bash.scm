; The words are explained in retrieval/syntax/__init__.py.

(function_definition name: (word) @name body: (_)? @body) @definition.function

(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command
  (variable_assignment name: (variable_name) @name)) @definition.variable)

(command name: (command_name) @called . argument: (_)) @import.call

; ---- references

(command name: (command_name (word) @call))
(variable_name) @identifier
