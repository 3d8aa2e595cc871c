using System.Text.Json.Nodes;

namespace WaitFor.Testing;

/// <summary>The servers' command lines. What differs between Kubernetes versions is decided here.</summary>
/// <param name="Folder">The control plane's folder.</param>
/// <param name="KubernetesVersion">The version of the Kubernetes binaries.</param>
/// <param name="EtcdPort">etcd, for clients.</param>
/// <param name="EtcdPeerPort">etcd, for peers (there are none).</param>
/// <param name="ApiServerPort">kube-apiserver.</param>
/// <param name="ControllerManagerPort">kube-controller-manager: health and metrics.</param>
/// <param name="ClientCertificates">Whether clients may show certificates of the authority in <see cref="ClientCaFile"/>.</param>
internal sealed record ServerArguments(
    string Folder,
    Version KubernetesVersion,
    int EtcdPort,
    int EtcdPeerPort,
    int ApiServerPort,
    int ControllerManagerPort,
    bool ClientCertificates
)
{
    private static readonly Version NoInsecurePort = new(1, 24);
    private static readonly Version TtlByDefault = new(1, 21);

    public Uri EtcdUrl => Local("http", EtcdPort);

    public Uri Server => Local("https", ApiServerPort);

    public string TokenFile => In("tokens.csv");

    public string ServiceAccountKeyFile => In("sa.key");

    public string CaFile => In("apiserver.crt");

    public string ClientCaFile => In("client-ca.crt");

    public string ServingKeyFile => In("apiserver.key");

    public string KubeConfigFile => In("admin.kubeconfig");

    public IEnumerable<string> Etcd() =>
        [
            $"--data-dir={In("etcd")}",
            $"--listen-client-urls={Origin(EtcdUrl)}",
            $"--advertise-client-urls={Origin(EtcdUrl)}",
            $"--listen-peer-urls={Origin(Local("http", EtcdPeerPort))}",
            $"--initial-advertise-peer-urls={Origin(Local("http", EtcdPeerPort))}",
            $"--initial-cluster=default={Origin(Local("http", EtcdPeerPort))}",
            "--unsafe-no-fsync", // the data lives no longer than the test
        ];

    public IEnumerable<string> ApiServer() =>
        FeatureGates()
            .Concat([
                $"--etcd-servers={Origin(EtcdUrl)}",
                "--bind-address=127.0.0.1",
                FormattableString.Invariant($"--secure-port={ApiServerPort}"),
                "--advertise-address=10.255.255.1", // must not be a loopback address; nothing is sent there
                $"--cert-dir={Folder}", // it makes its own certificate there
                $"--token-auth-file={TokenFile}",
                .. ClientCertificates ? [$"--client-ca-file={ClientCaFile}"] : Array.Empty<string>(),
                "--authorization-mode=RBAC",
                "--service-cluster-ip-range=10.97.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc",
                $"--service-account-key-file={ServiceAccountKeyFile}",
                $"--service-account-signing-key-file={ServiceAccountKeyFile}",
            ]);

    public IEnumerable<string> ControllerManager()
    {
        List<string> arguments =
        [
            $"--kubeconfig={KubeConfigFile}",
            "--bind-address=127.0.0.1",
            FormattableString.Invariant($"--secure-port={ControllerManagerPort}"),
            "--leader-elect=false",
            "--use-service-account-credentials",
            $"--service-account-private-key-file={ServiceAccountKeyFile}",
            $"--root-ca-file={CaFile}",
            "--kube-api-qps=1000", // the default of 20 a second would make up half of the start
            "--kube-api-burst=1000",
            // No kubelet reports for the Node objects that tests make: this controller would call them lost, and set
            // their pods' Ready to False under the test.
            "--controllers=*,-nodelifecycle",
        ];
        if (KubernetesVersion < NoInsecurePort)
        {
            arguments.Add("--port=0"); // the port without TLS; newer versions have neither the port nor the flag
        }

        return arguments.Concat(FeatureGates());
    }

    public string KubeConfig(string token) =>
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = Single("cluster", new JsonObject { ["server"] = Origin(Server), ["certificate-authority"] = CaFile }),
            ["users"] = Single("user", new JsonObject { ["token"] = token }),
            ["contexts"] = Single("context", new JsonObject { ["cluster"] = "test", ["user"] = "test" }),
            ["current-context"] = "test",
        }.ToJsonString();

    // Jobs' ttlSecondsAfterFinished was still alpha, and off, in 1.20.
    private string[] FeatureGates() => KubernetesVersion < TtlByDefault ? ["--feature-gates=TTLAfterFinished=true"] : [];

    private static JsonArray Single(string kind, JsonObject value) => new(new JsonObject { ["name"] = "test", [kind] = value });

    private string In(string file) => Path.Combine(Folder, file);

    private static Uri Local(string scheme, int port) => new UriBuilder(scheme, "127.0.0.1", port).Uri;

    private static string Origin(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
