"""Addresses of logging in. Those that allauth reverses keep its names."""

from django.urls import path

from yiwang.commons.identity.views.entry import codes, devices, factors, login, owner, registration, second

own = [
    path("login/code/", codes.login_code, name="login_code"),
    path("login/code/entry/", codes.login_code_entry, name="login_code_entry"),
    path("login/mail/", codes.login_mail, name="login_mail"),
    path("login/message/", second.login_message, name="login_message"),
    path("login/code/owner/", owner.login_owner, name="login_owner"),
    path("register/", registration.register, name="register"),
    path("register/code/", registration.register_code, name="register_code"),
    path("register/password/", registration.register_password, name="register_password"),
    path("recover/", registration.recover, name="recover"),
    path("recover/mail/", registration.recover_mail, name="recover_mail"),
    path("recover/code/", registration.recover_code, name="recover_code"),
    path("recover/owner/", owner.recover_owner, name="recover_owner"),
    path("recover/password/", registration.recover_password, name="recover_password"),
    path("counter/", registration.counter_help, name="counter_help"),
    path("factors/mail/", second.mail, name="mail"),
    path("factors/mail/code/", second.mail_code, name="mail_code"),
    path("factors/mail/remove/", second.remove_mail, name="remove_mail"),
    path("factors/message/", second.choose, name="second_code"),
    path("devices/", devices.devices, name="devices"),
]

urlpatterns = [
    path("account/login/", login.Login.as_view(), name="account_login"),
    path("account/login/passkey/", login.LoginByPasskey.as_view(), name="mfa_login_webauthn"),
    path("account/login/second/", login.SecondFactorStep.as_view(), name="mfa_authenticate"),
    path("account/logout/", login.Logout.as_view(), name="account_logout"),
    path("account/password/", login.PasswordChange.as_view(), name="account_change_password"),
    path("account/confirm/", login.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", login.confirm, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", login.confirm, name="mfa_reauthenticate_webauthn"),
    path("account/factors/", factors.factors, name="mfa_index"),
    path("account/factors/passkeys/", factors.factors, name="mfa_list_webauthn"),
    path("account/factors/totp/", factors.AddTotp.as_view(), name="mfa_activate_totp"),
    path("account/factors/totp/remove/", factors.RemoveTotp.as_view(), name="mfa_deactivate_totp"),
    path("account/factors/passkeys/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/factors/passkeys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/factors/recovery/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/factors/recovery/new/", factors.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
