# Paths, components, flows and rankings by networkx, without its optional packages.
import networkx as nx

graph = nx.Graph()
graph.add_weighted_edges_from([("a", "b", 4), ("a", "c", 2), ("c", "b", 1), ("b", "d", 5), ("d", "e", 3), ("f", "g", 1)])
print(graph, nx.shortest_path(graph, "a", "e", weight="weight"), nx.dijkstra_path_length(graph, "a", "e"))
print(sorted(map(sorted, nx.connected_components(graph))), nx.is_connected(graph))
print(sorted(nx.minimum_spanning_tree(graph).edges(data="weight")))
flow = nx.DiGraph()
flow.add_edge("s", "x", capacity=3)
flow.add_edge("s", "y", capacity=2)
flow.add_edge("x", "t", capacity=2)
flow.add_edge("y", "t", capacity=3)
flow.add_edge("x", "y", capacity=1)
print(nx.maximum_flow_value(flow, "s", "t"), list(nx.topological_sort(flow)), nx.is_directed_acyclic_graph(flow))
big = nx.gnm_random_graph(60, 140, seed=3)
print(big.number_of_edges(), nx.number_connected_components(big), nx.diameter(big.subgraph(max(nx.connected_components(big), key=len))))
print({k: round(v, 6) for k, v in list(nx.betweenness_centrality(big).items())[:5]}, sum(nx.triangles(big).values()))
print(nx.greedy_color(nx.petersen_graph()), nx.check_planarity(nx.complete_graph(5))[0])
try:
    nx.shortest_path(graph, "a", "f")
except nx.NetworkXNoPath as error:
    print(error)
