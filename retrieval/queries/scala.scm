; The words are explained in retrieval/syntax/__init__.py.

(package_clause name: (_) @namespace)

(class_definition name: (_) @name extend: (_)? @bases body: (_)? @body) @definition.class
(trait_definition name: (_) @name extend: (_)? @bases body: (_)? @body) @definition.class
(object_definition name: (_) @name extend: (_)? @bases body: (_)? @body) @definition.class
(type_definition name: (_) @name) @definition.type

(function_definition name: (_) @name
  return_type: (_)? @type body: (_)? @body) @definition.function
(function_declaration name: (_) @name return_type: (_)? @type) @definition.function

(val_definition pattern: (identifier) @name type: (_)? @type) @definition.field
(var_definition pattern: (identifier) @name type: (_)? @type) @definition.field
(class_parameter name: (identifier) @name type: (_)? @type) @definition.field

(annotation) @attached

(import_declaration) @import
