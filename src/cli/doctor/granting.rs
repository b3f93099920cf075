//! How a missing permission is granted: the lines an administrator types, for whoever is signed in, in their cloud.
//!
//! <https://learn.microsoft.com/graph/permissions-grant-via-msgraph>, <https://learn.microsoft.com/graph/deployments>,
//! <https://learn.microsoft.com/powershell/module/microsoft.graph.authentication/connect-mggraph>

use crate::catalogue::Cloud;
use crate::cli::connect::Job;
use crate::config::{SignInWith, Target};
use crate::graph::Claims;

/// Microsoft Graph itself, as an application. <https://learn.microsoft.com/graph/permissions-reference>
const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

/// Whose permissions are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    App,
    /// A person, through an app of their own.
    Person,
    /// The identity of a machine, by the object id of its service principal.
    Machine(String),
    /// A person, through the app of the Azure CLI, which nobody can change.
    AzureCli,
}

/// Whose they are, and where they are granted.
#[derive(Debug)]
pub struct Granting {
    who: Who,
    app: String,
    tenant: String,
    cloud: Cloud,
    /// Of the two directories of the US government the one of its defence, which only Graph PowerShell tells apart.
    is_defence: bool,
}

impl Granting {
    pub async fn of(job: Job<'_>) -> Granting {
        let claims = job.connected.session.claims().await;
        let (app, with) = match &job.context.config.target {
            Target::Tenant(sign_in) => (
                sign_in.client_id.as_ref().map(|id| id.value.clone()),
                Some(&sign_in.with),
            ),
            Target::Sandbox | Target::Missing { .. } => (None, None),
        };
        let is_person = claims.as_ref().is_some_and(|claims| claims.person().is_some());
        let who = match with {
            Some(SignInWith::ManagedIdentity) => Who::Machine(object_id(claims.as_ref())),
            Some(SignInWith::AzureCli) if is_person => Who::AzureCli,
            _ if is_person => Who::Person,
            _ => Who::App,
        };
        let told = claims.and_then(|claims| claims.appid).filter(|app| is_name(app));
        Granting {
            who,
            app: app.or(told).unwrap_or_else(|| "APP-ID".to_owned()),
            tenant: Some(&job.connected.tenant)
                .filter(|tenant| is_name(tenant))
                .map_or_else(|| "TENANT-ID".to_owned(), String::clone),
            cloud: job.connected.cloud,
            is_defence: job.connected.graph_url.contains("//dod-graph."),
        }
    }

    /// What is said once, where several ways were told.
    pub fn afterwards(&self) -> Option<&'static str> {
        match self.who {
            Who::App => Some(
                "use one of the three ways for all of them: consent is to everything that the app registration asks for, and may take away what was granted beside it",
            ),
            Who::Person => Some(
                "then sign in again (`dirsheet login`): a sign-in has what was consented to when it was made",
            ),
            Who::Machine(_) => Some(
                "Azure keeps the tokens of a machine for up to a day: until then it has the permissions of before",
            ),
            Who::AzureCli => None,
        }
    }

    /// The lines that grant one permission.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let Granting { app, tenant, .. } = self;
        let add = |list: &str, kind: &str| {
            format!(
                "  Azure CLI, in bash: `{}az login --tenant {tenant} --allow-no-subscriptions && az ad app permission add --id {app} --api {GRAPH_APP} --api-permissions $(az ad sp show --id {GRAPH_APP} --query \"{list}[?value=='{name}'].id\" -o tsv)={kind} && az ad app permission admin-consent --id {app}`",
                self.az_cloud()
            )
        };
        let connect = format!(
            "Connect-MgGraph{} -TenantId {tenant} -Scopes Application.Read.All,AppRoleAssignment.ReadWrite.All",
            self.environment()
        );
        let assign = |find: &str| {
            format!(
                "  PowerShell: `{connect}; $app = Get-MgServicePrincipal {find}; $graph = Get-MgServicePrincipal -Filter \"appId eq '{GRAPH_APP}'\"; New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId ($graph.AppRoles | Where-Object Value -eq '{name}').Id`"
            )
        };
        let portal = |kind: &str| {
            format!(
                "  portal{}: Entra ID, App registrations, the app, API permissions, Add a permission, Microsoft Graph, {kind} permissions, `{name}`; then Grant admin consent",
                self.portal()
            )
        };
        match &self.who {
            Who::App => vec![
                portal("Application"),
                add("appRoles", "Role"),
                assign(&format!("-Filter \"appId eq '{app}'\"")),
            ],
            Who::Person => vec![portal("Delegated"), add("oauth2PermissionScopes", "Scope")],
            // A managed identity has no app registration, so neither the portal nor `az ad app` knows it.
            Who::Machine(id) => vec![assign(&format!("-ServicePrincipalId {id}"))],
            Who::AzureCli => vec![
                "  the app of the Azure CLI has the permissions that Microsoft gave it, and no others: sign in with an app of your own (`sign_in = \"device-code\"`)".to_owned(),
            ],
        }
    }

    fn portal(&self) -> &'static str {
        match self.cloud {
            Cloud::UsGov => " (https://portal.azure.us)",
            Cloud::China => " (https://portal.azure.cn)",
            Cloud::Global => "",
            // Their addresses are not public.
            _ => " of this cloud",
        }
    }

    fn az_cloud(&self) -> &'static str {
        match self.cloud {
            Cloud::UsGov => "az cloud set --name AzureUSGovernment && ",
            Cloud::China => "az cloud set --name AzureChinaCloud && ",
            Cloud::Global => "",
            _ => "az cloud set --name NAME && ",
        }
    }

    fn environment(&self) -> &'static str {
        match self.cloud {
            Cloud::UsGov if self.is_defence => " -Environment USGovDoD",
            Cloud::UsGov => " -Environment USGov",
            Cloud::China => " -Environment China",
            Cloud::Global => "",
            _ => " -Environment NAME",
        }
    }
}

/// Whether it is an id or a domain, and nothing else: people paste the lines into a shell, and a token may say anything.
fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

fn object_id(claims: Option<&Claims>) -> String {
    let id = claims.and_then(|claims| claims.oid.clone());
    id.filter(|id| is_name(id))
        .unwrap_or_else(|| "OBJECT-ID".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_says_becomes_no_command() {
        assert!(is_name("c7075a94-f702-4469-a974-4a84c2311e8c") && is_name("contoso.onmicrosoft.com"));
        for text in ["x; curl evil", "x'y", "$(x)", "a b", "x\ny"] {
            assert!(!is_name(text), "{text}");
        }
    }

    fn lines(who: Who, cloud: Cloud, is_defence: bool) -> Vec<String> {
        let granting = Granting {
            who,
            app: "app-1".to_owned(),
            tenant: "contoso".to_owned(),
            cloud,
            is_defence,
        };
        granting.lines("User.Read.All")
    }

    #[test]
    fn a_permission_is_granted_by_name_in_three_ways() {
        let lines = lines(Who::App, Cloud::Global, false);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.contains("User.Read.All")));
        assert!(lines[1].contains("--id app-1") && lines[2].contains("appId eq 'app-1'"));
        assert!(lines[0].contains("Application permissions") && lines[1].contains(")=Role"));
        let whole = lines.concat();
        assert!(
            !whole.contains("-Environment") && !whole.contains("az cloud"),
            "{whole}"
        );
    }

    #[test]
    fn a_national_cloud_has_its_own_portal_its_own_cli_and_its_own_environment() {
        for (cloud, is_defence, words) in [
            (
                Cloud::UsGov,
                false,
                [
                    "portal.azure.us",
                    "AzureUSGovernment",
                    "-Environment USGov -TenantId",
                ],
            ),
            (
                Cloud::UsGov,
                true,
                [
                    "portal.azure.us",
                    "AzureUSGovernment",
                    "-Environment USGovDoD -TenantId",
                ],
            ),
            (
                Cloud::China,
                false,
                [
                    "portal.azure.cn",
                    "AzureChinaCloud",
                    "-Environment China -TenantId",
                ],
            ),
            (
                Cloud::Bleu,
                false,
                [
                    "portal of this cloud",
                    "az cloud set --name NAME",
                    "-Environment NAME",
                ],
            ),
        ] {
            let lines = lines(Who::App, cloud, is_defence);
            for (line, word) in lines.iter().zip(words) {
                assert!(line.contains(word), "{cloud:?}: {line}");
            }
        }
    }

    #[test]
    fn a_person_a_machine_and_the_azure_cli_are_granted_what_they_can_have() {
        let person = lines(Who::Person, Cloud::Global, false);
        assert!(person[0].contains("Delegated permissions") && person[1].contains("oauth2PermissionScopes"));
        assert!(person[1].contains(")=Scope"), "{}", person[1]);
        let machine = lines(Who::Machine("oid-1".to_owned()), Cloud::China, false);
        assert_eq!(machine.len(), 1);
        assert!(
            machine[0].contains("-ServicePrincipalId oid-1;") && machine[0].contains("-Environment China")
        );
        let cli = lines(Who::AzureCli, Cloud::Global, false);
        assert!(cli.len() == 1 && cli[0].contains("an app of your own"), "{cli:?}");
    }
}
