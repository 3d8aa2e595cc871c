using System.Text.Json.Nodes;

namespace WaitFor.Tests.Discovery;

/// <summary>What a server says of the kinds that it has.</summary>
internal static class DiscoveryDocuments
{
    /// <summary>An aggregated discovery document.</summary>
    public static string Groups(params (string Group, string Resource, string Kind, string Scope)[] kinds) =>
        new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["items"] = new JsonArray(
                [
                    .. kinds.Select(one =>
                        JsonNode.Parse(
                            $$$"""
                            {"metadata":{"name":"{{{one.Group}}}"},"versions":[{"version":"v1","freshness":"Current","resources":[
                              {"resource":"{{{one.Resource}}}","responseKind":{"kind":"{{{one.Kind}}}"},"scope":"{{{one.Scope}}}",
                               "singularResource":"{{{one.Kind.ToLowerInvariant()}}}","verbs":["get","list","watch"]}]}]}
                            """
                        )
                    ),
                ]
            ),
        }.ToJsonString();
}
