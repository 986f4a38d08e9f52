; The words are explained in retrieval/syntax/__init__.py.

(module name: (_) @name body: (_)? @body) @definition.module
(class name: (_) @name superclass: (superclass)? @bases body: (_)? @body) @definition.class
(method name: (_) @name body: (_)? @body) @definition.function
(singleton_method name: (_) @name body: (_)? @body) @definition.function
(assignment left: (constant) @name) @definition.variable
(assignment left: (instance_variable) @name) @definition.member

(call method: (identifier) @called arguments: (argument_list . (string) .)) @import.call

; ---- bindings

(assignment left: [(identifier) (instance_variable)] @name
  right: (call receiver: (_) method: (identifier) arguments: (_) @arguments) @call)
(assignment left: [(identifier) (instance_variable)] @name
  right: (call receiver: (_) method: (identifier) .) @call)

; ---- references

(call method: (identifier) @call)
(constant) @type
(identifier) @identifier
(instance_variable) @attribute
