# One assignment through every stage: tokens, tree, bytecode, value.
import ast
import dis
import io
import tokenize

source = "x = 2 + 2"

for token in tokenize.generate_tokens(io.StringIO(source).readline):
    print(token)
for token in tokenize.tokenize(io.BytesIO(source.encode()).readline):
    print(tokenize.tok_name[token.type], tokenize.tok_name[token.exact_type], token.start, token.end, repr(token.string), repr(token.line))
print(tokenize.untokenize(tokenize.generate_tokens(io.StringIO(source).readline)))

tree = ast.parse(source)
print(ast.dump(tree))
print(ast.dump(tree, indent=4, include_attributes=True))
print(ast.dump(tree, show_empty=True))
print(ast.unparse(tree))
print(ast.dump(ast.parse(source, optimize=1), indent=2))

code = compile(tree, "<two plus two>", "exec")
dis.dis(code)
dis.dis(code, show_offsets=True, show_caches=True, adaptive=True)
for instruction in dis.get_instructions(code):
    print(instruction)
print(dis.code_info(code))
print(list(code.co_lines()), list(code.co_positions()))
namespace = {}
exec(code, namespace)
print(namespace["x"])
dis.dis("x = y + 2")
dis.dis(source)
