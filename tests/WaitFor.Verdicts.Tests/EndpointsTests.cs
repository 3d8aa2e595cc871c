using System.Text;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>A server before 1.21 has no EndpointSlices: a v1 Endpoints object is read as one.</summary>
public sealed class EndpointsTests
{
    // By hand, after https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/: the recorded server has slices.
    private const string Start =
        """{"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"web","namespace":"rec-deployment-service-rollout"}""";

    public static TheoryData<string, int?, string, string> Table =>
        new()
        {
            { "}", null, "Pending ServiceWithoutEndpoints", "no endpoints yet" },
            { ""","subsets":null}""", null, "Pending ServiceWithoutEndpoints", "no endpoints yet" },
            { ""","subsets":[]}""", null, "Pending ServiceWithoutEndpoints", "no endpoints yet" },
            { ""","subsets":[null,{}]}""", null, "Pending ServiceWithoutEndpoints", "no endpoints yet" },
            {
                ""","subsets":[{"addresses":null,"notReadyAddresses":[null]}]}""",
                null,
                "Pending ServiceWithoutEndpoints",
                "no endpoints yet"
            },
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"port":80}]}]}""",
                null,
                "Met ServiceReady",
                "2 endpoints ready, 0 not ready"
            },
            {
                ""","subsets":[{"notReadyAddresses":[{"ip":"10.0.0.1"}]}]}""",
                null,
                "Pending ServiceNotReady",
                "0 endpoints ready, 1 not ready"
            },
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1"}],"notReadyAddresses":[{"ip":"10.0.0.2"}]}]}""",
                null,
                "Pending ServiceNotReady",
                "1 endpoint ready, 1 not ready"
            },
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1"}],"notReadyAddresses":[{"ip":"10.0.0.2"}]}]}""",
                1,
                "Met ServiceReady",
                "1 endpoint ready, 1 not ready, at least 1 needed"
            },
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1"}]},{"addresses":[{"ip":"10.0.0.2"}]}]}""",
                2,
                "Met ServiceReady",
                "2 endpoints ready, 0 not ready, at least 2 needed"
            },
            // A pod whose named ports differ from its siblings' stands in two subsets: once it is.
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1"}]},{"addresses":[{"ip":"10.0.0.1"}]}]}""",
                2,
                "Pending ServiceNotReady",
                "1 endpoint ready, 0 not ready, at least 2 needed"
            },
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1"}]},{"notReadyAddresses":[{"ip":"10.0.0.1"}]}]}""",
                1,
                "Pending ServiceNotReady",
                "0 endpoints ready, 1 not ready, at least 1 needed"
            },
            {
                ""","subsets":[{"addresses":[{"ip":"10.0.0.1","targetRef":{"kind":"Pod","namespace":"n","name":"a"}}]}"""
                    + """,{"addresses":[{"ip":"10.0.0.2","targetRef":{"kind":"Pod","namespace":"n","name":"a"}}]}]}""",
                null,
                "Met ServiceReady",
                "1 endpoint ready, 0 not ready"
            },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void Addresses_are_ready_and_notReadyAddresses_are_not(string rest, int? least, string expected, string sentence)
    {
        var service = Recording.End("deployment-service-rollout", "services").Service();

        var verdict = ServiceRules.Named(Asked.Service with { MinReady = least }, service, [Read(Start + rest)]);

        Assert.Equal(expected, verdict.Short());
        Assert.Equal(sentence, verdict.Sentence);
    }

    [Fact]
    public void They_belong_to_the_Service_of_their_own_name_whatever_their_labels_say()
    {
        var other =
            """{"metadata":{"name":"db","namespace":"rec-deployment-service-rollout","labels":"""
            + """{"kubernetes.io/service-name":"web"}},"subsets":[{"addresses":[{"ip":"10.0.0.1"}]}]}""";

        var slice = Read(other);

        Assert.Equal("db", slice.ServiceName);
        Assert.Equal(
            "Pending ServiceWithoutEndpoints",
            ServiceRules.Named(Asked.Service, Recording.End("deployment-service-rollout", "services").Service(), [slice]).Short()
        );
    }

    private static EndpointSliceState Read(string json) => StateReader.Endpoints(Encoding.UTF8.GetBytes(json));
}
