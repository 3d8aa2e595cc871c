using System.Text;
using System.Text.Json;

namespace WaitFor.Kubernetes.Access;

/// <summary>What a plugin learns in <c>KUBERNETES_EXEC_INFO</c>.
/// <see href="https://kubernetes.io/docs/reference/config-api/client-authentication.v1/"/></summary>
internal static class ExecInfo
{
    /// <summary>Name of the cluster's extension that is handed to plugins as <c>spec.cluster.config</c>.</summary>
    private const string Extension = "client.authentication.k8s.io/exec";

    /// <summary>The JSON.</summary>
    /// <param name="apiVersion">The version that the plugin speaks.</param>
    /// <param name="cluster">The cluster (provideClusterInfo); null: the plugin learns nothing of it.</param>
    /// <exception cref="AccessException">The extension has what JSON cannot express.</exception>
    public static string Of(string apiVersion, ClusterSettings? cluster)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", apiVersion);
            json.WriteString("kind", "ExecCredential");
            json.WriteStartObject("spec");
            if (cluster is not null)
                WriteCluster(json, cluster);
            json.WriteBoolean("interactive", false);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>As client-go writes it: fields that are not set are absent, except <c>config</c>, which is null then.</summary>
    private static void WriteCluster(Utf8JsonWriter json, ClusterSettings cluster)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", cluster.ServerText);
        if (cluster.TlsServerName is { } name)
            json.WriteString("tls-server-name", name);
        if (cluster.InsecureSkipTlsVerify)
            json.WriteBoolean("insecure-skip-tls-verify", true);
        if (cluster.Authorities is { } authorities)
            json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(authorities.Pem));
        if (cluster.ProxyText is { } proxy)
            json.WriteString("proxy-url", proxy);
        if (cluster.DisableCompression)
            json.WriteBoolean("disable-compression", true);
        json.WritePropertyName("config");
        if (cluster.Extension(Extension) is { } config)
            YamlJson.Write(json, config, reason => cluster.Error($"the extension {Extension}: {reason}"));
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }
}
